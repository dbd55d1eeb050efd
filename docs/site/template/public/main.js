// The list of versions in the bar above each page. docs/site/publish names them; a site that was only built has one, and shows no list.
async function listVersions() {
  const root = new URL(document.querySelector("meta[name='docfx:rel']")?.content || "./", location.href);
  const response = await fetch(new URL("versions.json", root));
  const versions = response.ok ? await response.json() : [];
  if (versions.length < 2) return;
  const current = root.pathname.split("/").at(-2);
  const list = document.createElement("select");
  list.className = "form-select form-select-sm w-auto ms-2";
  list.setAttribute("aria-label", "Version");
  for (const version of versions) list.add(new Option(version, version, version === current, version === current));
  list.addEventListener("change", async () => {
    const other = new URL(`../${list.value}/`, root);
    const page = new URL(location.pathname.slice(root.pathname.length), other);
    const isThere = await fetch(page, { method: "HEAD" }).then(({ ok }) => ok, () => false);
    location.href = isThere ? page : new URL("index.html", other);
  });
  document.querySelector("a.navbar-brand")?.after(list);
}

export default { start: () => void listVersions() };
