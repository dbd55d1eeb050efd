// node build.mjs ROOT STAGE VERSION: puts the pages of docs/ into STAGE for docfx, with a table of contents made of docs/index.md. A link that leaves
// docs/ leads to a copy of its file; one that leads nowhere is an error. node build.mjs ROOT --llms prints llms.txt.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";

const [root, stage, version] = process.argv.slice(2);
const docs = join(root, "docs");
const pages = folder => readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
  const path = join(folder, entry.name);
  return entry.isDirectory() ? (path === join(docs, "site") ? [] : pages(path)) : entry.name.endsWith(".md") ? [path] : [];
});
const all = pages(docs).sort();
const text = path => readFileSync(path, "utf8");
const title = path => text(path).match(/^# (.+)$/m)[1];
// What docs/index.md says of a page.
const named = new Map([...text(join(docs, "index.md")).matchAll(/^- \[[^\]]+\]\(([\w./-]+\.md)\): (.+)$/gm)].map(match => [match[1], match[2]]));

if (stage === "--llms") {
  const line = path => {
    const about = named.get(relative(docs, path));
    return `- [${title(path)}](${relative(root, path)})${about ? `: ${about}` : ""}`;
  };
  const decisions = all.filter(path => path.includes("/decisions/"));
  console.log(["# Carafe", "", "> REST APIs in C# on ASP.NET Core: what Flask and its extensions give, as packages.", "", "## Pages", "",
    ...all.filter(path => !decisions.includes(path)).map(line), "", "## Optional", "", ...decisions.map(line)].join("\n"));
  process.exit(0);
}

const errors = [];
const copied = new Map();
function outside(target, from) {
  if (relative(root, target).startsWith("..")) return null;
  if (!existsSync(target)) { errors.push(`${relative(root, from)}: ${relative(root, target)} does not exist`); return null; }
  if (statSync(target).isDirectory()) return null;
  const name = relative(root, target).replaceAll(/[^\w./-]/g, "_");
  const path = target.endsWith(".md") ? `repository/${name}` : `source/${name}.txt`;
  if (!copied.has(target)) {
    copied.set(target, path);
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    if (target.endsWith(".md")) write(target, path); else copyFileSync(target, join(stage, path));
  }
  return path;
}

// Where a check's id and an error's reason are explained.
const explained = new Map([
  ...[...text(join(docs, "checks.md")).matchAll(/^### (C\d+)$/gm)].map(match => [match[1], `checks.md#${match[1].toLowerCase()}`]),
  ...[...text(join(docs, "errors.md")).matchAll(/^### ([a-z]+(?:_[a-z]+)*)$/gm)].map(match => [match[1], `errors.md#${match[1]}`]),
]);

// Text in code stays as it is.
function write(page, place) {
  // Badges are pictures of another server.
  const plain = text(page).replaceAll(/\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)\n?/g, "");
  const parts = plain.split(/^(```[\s\S]*?^```$)/m).map((part, i) => i % 2
    ? part.replace(/^```(\w+) .*$/m, "```$1")
    : part.replace(/(`[^`]*`)|(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (all, code, image, label, link) => {
      if (code !== undefined) {
        const href = explained.get(code.slice(1, -1));
        return href && href.split("#")[0] !== place ? `[${code}](${posix.relative(posix.dirname(place), href)})` : code;
      }
      if (/^(https?:|mailto:|#)/.test(link)) return all;
      const [path, anchor] = link.split("#");
      const target = resolve(dirname(page), decodeURIComponent(path));
      const inside = !relative(docs, target).startsWith("..") && relative(join(docs, "site"), target).startsWith("..");
      let found = inside ? relative(docs, target) : outside(target, page);
      if (inside && existsSync(target) && statSync(target).isDirectory()) {
        found = existsSync(join(target, "README.md")) ? posix.join(found, "README.md") : null;
      } else if (inside && !existsSync(target)) errors.push(`${relative(root, page)}: ${link} does not exist`);
      if (found === null) return label;
      const href = posix.relative(posix.dirname(place), found) || posix.basename(found);
      return `${image}[${label}](${href}${anchor ? `#${anchor}` : ""})`;
    }));
  mkdirSync(dirname(join(stage, place)), { recursive: true });
  writeFileSync(join(stage, place), parts.join(""));
}

for (const page of all) write(page, relative(docs, page));
mkdirSync(join(stage, "images"), { recursive: true });
for (const image of readdirSync(join(docs, "images"))) copyFileSync(join(docs, "images", image), join(stage, "images", image));

// The headings of docs/index.md, and below each the pages that it names.
const toc = [], listed = new Set(["index.md"]);
for (const part of text(join(docs, "index.md")).split(/^## /m).slice(1)) {
  const name = part.split("\n")[0].split(":")[0];
  const found = [...part.matchAll(/\]\(([\w./-]+\.md)(?:#[^)]*)?\)/g)].map(match => match[1]).filter(path => !path.startsWith("..") && !listed.has(path));
  const items = [...new Set(found)].flatMap(path => {
    const beside = page => path.endsWith("/README.md") && dirname(page) === dirname(path) && page !== path;
    const nested = all.map(page => relative(docs, page)).filter(beside);
    [path, ...nested].forEach(page => listed.add(page));
    const lines = [`  - name: ${JSON.stringify(title(join(docs, path)))}`, `    href: ../${path}`];
    if (!nested.length) return lines;
    return [...lines, "    items:", ...nested.map(page => `    - name: ${JSON.stringify(title(join(docs, page)))}\n      href: ../${page}`)];
  });
  if (items.length) toc.push(`- name: ${name}`, "  items:", ...items);
}
const lost = all.map(page => relative(docs, page)).filter(page => !listed.has(page));
if (lost.length) errors.push(`docs/index.md does not name ${lost.join(", ")}`);
mkdirSync(join(stage, "pages"));
writeFileSync(join(stage, "pages/toc.yml"), `- name: Overview\n  href: ../index.md\n${toc.join("\n")}\n`);
writeFileSync(join(stage, "toc.yml"), "- name: Pages\n  href: pages/\n- name: API\n  href: api/\n");
copyFileSync(join(root, "build/icon.png"), join(stage, "images/icon.png"));
const config = JSON.parse(text(join(docs, "site/docfx.json")));
config.build.globalMetadata._appFooter = `Carafe ${version}`;
writeFileSync(join(stage, "docfx.json"), JSON.stringify(config));
if (errors.length) { console.error(errors.join("\n")); process.exit(1); }
console.log(`site: ${all.length} pages, ${copied.size} files of the repository`);
