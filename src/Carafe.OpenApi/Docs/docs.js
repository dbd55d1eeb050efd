(async () => {
  "use strict";
  const settings = JSON.parse(document.body.dataset.settings);
  const byId = (id) => document.getElementById(id);
  const tokens = { access: null, refresh: null };
  const description = await (await fetch(settings.sources[0].url)).json().catch(() => ({ paths: {} }));
  const schemes = description.components?.securitySchemes ?? {};
  const carrier = schemes.bearer?.name ?? "Authorization";
  const refreshing = new Set();
  let login;

  // The operation that signs in is the one that takes a password and answers an access token.
  const resolve = (part) => (part?.$ref ? part.$ref.split("/").slice(1).reduce((at, name) => at?.[name], description) : part);
  const schemaOf = (content) => resolve(Object.entries(content ?? {}).find(([type]) => type.endsWith("json"))?.[1].schema);
  // By whatever naming policy the app has.
  const member = (object, name) => object?.[Object.keys(object).find((key) => key.replace(/[_-]/g, "").toLowerCase() === name)];
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const asked = schemaOf(resolve(operation.requestBody)?.content);
      const answered = schemaOf(resolve(operation.responses?.["200"])?.content);
      if (method === "post" && asked?.properties?.password && member(answered?.properties, "accesstoken")) {
        login ??= { path, fields: Object.keys(asked.properties) };
      }
      if (operation.security?.some((way) => "refresh_token" in way)) {
        refreshing.add(path);
      }
    }
  }

  const show = (text) => {
    byId("account").textContent = text;
    byId("sign-in").hidden = !login || tokens.access !== null;
    byId("sign-out").hidden = tokens.access === null;
  };

  const remember = async (response) => {
    const answer = await response.clone().json().catch(() => null);
    if (typeof member(answer, "accesstoken") === "string") {
      tokens.access = member(answer, "accesstoken");
      tokens.refresh = member(answer, "refreshtoken") ?? null;
      byId("sign-in").open = false;
      show("Signed in");
    }
  };

  // What the page sends: with the token of whoever signed in, without an empty header, and with the slashes of a path as they are.
  const send = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== location.origin) {
      return fetch(request);
    }
    const path = url.pathname.slice(settings.base.length);
    url.pathname = url.pathname.replace(/%2F/gi, "/");
    const headers = new Headers(request.headers);
    if (/^bearer\s*(undefined|null)?\s*$/i.test(headers.get("Authorization") ?? "")) {
      headers.delete("Authorization");
    }
    const token = refreshing.has(path) ? tokens.refresh : tokens.access;
    if (!headers.has(carrier) && token && !schemes.cookie) {
      headers.set(carrier, `${schemes.bearer?.["x-before-token"] ?? "Bearer "}${token}`);
    }
    const readable = document.cookie.split("; ").find((cookie) => cookie.startsWith("__Host-csrf="));
    if (schemes.csrf && readable && !["GET", "HEAD", "OPTIONS"].includes(request.method)) {
      headers.set(schemes.csrf.name, decodeURIComponent(readable.split("=")[1]));
    }
    const body = ["GET", "HEAD"].includes(request.method) ? undefined : await request.arrayBuffer();
    const response = await fetch(url, { method: request.method, headers, body: body?.byteLength ? body : undefined, signal: request.signal, redirect: request.redirect });
    if (response.ok) {
      await remember(response);
    }
    return response;
  };

  if (login) {
    for (const name of login.fields) {
      const label = document.createElement("label");
      const secret = name === "password";
      label.append(name.replaceAll("_", " "), Object.assign(document.createElement("input"), {
        name, required: true, type: secret ? "password" : name === "email" ? "email" : "text", autocomplete: secret ? "current-password" : "username",
      }));
      byId("form").append(label);
    }
    byId("form").append(Object.assign(document.createElement("button"), { textContent: "Sign in" }));
    byId("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = JSON.stringify(Object.fromEntries(new FormData(byId("form"))));
      const response = await send(new URL(settings.base + login.path, location.origin), { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!response.ok) {
        show((await response.json().catch(() => null))?.message ?? `The server answered ${response.status}.`);
      }
      byId("form").reset();
    });
  }
  byId("sign-out").addEventListener("click", () => {
    tokens.access = tokens.refresh = null;
    show("Signed out");
  });
  show(login ? "Signed out" : "");

  window.Scalar.createApiReference("#app", {
    sources: settings.sources,
    authentication: { preferredSecurityScheme: "bearer" },
    customFetch: send,
    withDefaultFonts: false,
    telemetry: false,
    showDeveloperTools: "never",
    hideClientButton: true,
    agent: { disabled: true },
    mcp: { disabled: true },
  });
})();
