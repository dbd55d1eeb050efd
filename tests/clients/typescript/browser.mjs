// MyApi in real Chromium: first by token, two users and a stranger in one browser with one cache over every GET of the document; then with cookies (the second
// address): several tabs, a reload in the middle of a refresh, sister domains, service workers, the back button after a logout.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [plain, cookies] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.log(`Skipped: ${executablePath} is missing. Install the package chromium, or say where it is with CHROMIUM.`);
  process.exit(0);
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const password = "correct horse battery";

// In the page, as its own script would. Without options for the cache, it is the browser's.
function call(page, method, path, { token, body, type = "application/json", ...options } = {}) {
  return page.evaluate(async ([method, path, token, body, type, options]) => {
    const csrf = document.cookie.match(/__Host-csrf=([^;]+)/)?.[1];
    const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": type }), ...(csrf && { "X-CSRF-Token": csrf }) };
    const response = await fetch(path, { method, headers, body: body && (typeof body === "string" ? body : JSON.stringify(body)), ...options });
    return { status: response.status, text: await response.text() };
  }, [method, path, token, body, type, options]);
}

async function expectStatus(status, ...request) {
  const response = await call(...request);
  assert.equal(response.status, status, `${request.slice(1, 3).join(" ")}: ${response.text}`);
  return response;
}

async function register(page, name) {
  await call(page, "POST", "/auth/register", { body: { username: name, email: `${name}@browser.example`, password } });
  return signIn(page, name);
}

async function signIn(page, name) {
  return JSON.parse((await expectStatus(200, page, "POST", "/auth/login", { body: { email: `${name}@browser.example`, password } })).text).access_token;
}

const document = await (await fetch(`${plain}/openapi/v1.json`)).json();
const gets = Object.entries(document.paths).filter(([, path]) => path.get).map(([path]) => path);
assert.ok(gets.length >= 10, gets.join(" "));

// What every answer has of its own: the time, the trace.
const still = ({ status, text }) => `${status} ${text.replace(/"trace_id":"\w+"|\d{4}-\d\d-\d\dT[\d:.]+Z|"duration[^,}]*/g, "")}`;

async function oneCache() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${plain}/docs/`);
  const tokens = { alice: await register(page, "alice"), bob: await register(page, "bob") };
  const me = JSON.parse((await call(page, "GET", "/auth/me", { token: tokens.alice })).text);
  const post = JSON.parse((await expectStatus(201, page, "POST", "/posts", { token: tokens.alice, body: { title: "t", body: "b" } })).text);
  await call(page, "PUT", "/files/browser.txt", { token: tokens.alice, body: "text", type: "text/plain" });
  const values = { "/users/{id}": me.id, "/posts/{id}": post.id };
  let asked = 0;
  for (const template of gets) {
    const path = template.replace(/\{(\w+)\}/g, (_, name) => values[template] ?? { username: "alice", path: "browser.txt", id: me.id }[name] ?? "1");
    for (const caller of ["alice", "bob", undefined, "alice", undefined, "bob"]) {
      const token = tokens[caller];
      // What is sent anew is what the database shows this caller; what the cache has must be the same.
      const shown = await call(page, "GET", path, { token });
      const asks = await call(page, "GET", path, { token, cache: "no-cache" });
      const own = await call(page, "GET", path, { token, cache: "no-store" });
      assert.equal(still(shown), still(own), `${path} as ${caller} from the cache`);
      assert.equal(still(asks), still(own), `${path} as ${caller} asked again`);
      asked++;
    }
  }
  await page.context().close();
  return `${asked} requests of two users and a stranger over ${gets.length} addresses`;
}

async function tabs() {
  const context = await browser.newContext();
  const pages = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
  await Promise.all(pages.map((page) => page.goto(`${cookies}/docs/`)));
  await register(pages[0], "tabs");
  for (let round = 0; round < 10; round++) {
    for (const { status, text } of await Promise.all(pages.map((page) => call(page, "POST", "/auth/refresh")))) assert.equal(status, 200, text);
    for (const { status, text } of await Promise.all(pages.map((page) => call(page, "GET", "/auth/me")))) assert.equal(status, 200, text);
  }
  // One leaves, all have left.
  await expectStatus(204, pages[1], "POST", "/auth/logout");
  for (const page of pages) await expectStatus(401, page, "GET", "/auth/me");
  for (const page of pages) await expectStatus(200, page, "GET", "/posts");
  await context.close();
}

async function reloads() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${cookies}/docs/`);
  await register(page, "reload");
  for (let round = 0; round < 20; round++) {
    await page.evaluate(([delay]) => {
      const csrf = document.cookie.match(/__Host-csrf=([^;]+)/)[1];
      fetch("/auth/refresh", { method: "POST", headers: { "X-CSRF-Token": csrf } });
      return new Promise((resolve) => setTimeout(resolve, delay));
    }, [round % 5]);
    await page.reload();
    await expectStatus(200, page, "GET", "/auth/me");
  }
  await expectStatus(200, page, "POST", "/auth/refresh");
  await page.context().close();
}

// A page of a sister domain is of the same site: the browser sends the cookies along, and SameSite does not help.
async function sisters() {
  const port = new URL(cookies).port;
  const api = `http://api.localhost:${port}`;
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<title>sister</title>"));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const sister = `http://evil.api.localhost:${server.address().port}/`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${api}/docs/`);
  await register(page, "sister");
  const before = (await call(page, "GET", "/posts", { cache: "no-store" })).text;

  const evil = await context.newPage();
  await evil.goto(sister);
  const statuses = {};
  context.on("response", (response) => (statuses[new URL(response.url()).pathname] = response.status()));
  for (const [path, body, type] of [["/posts", '{"title":"evil","body":"b"}', "text/plain"], ["/auth/logout-all", "", "text/plain"], ["/auth/refresh", "", "text/plain"],
    ["/auth/logout", "", "text/plain"], ["/auth/password", "a=b", "application/x-www-form-urlencoded"]]) {
    await evil.evaluate(([address, body, type]) => fetch(address, { method: "POST", mode: "no-cors", credentials: "include", body: new Blob([body], { type }) }),
      [api + path, body, type]);
  }
  // 403 and not 401: the cookies were there, and did not do.
  assert.deepEqual(statuses, { "/posts": 415, "/auth/logout-all": 403, "/auth/refresh": 403, "/auth/logout": 403, "/auth/password": 415 });
  const read = await evil.evaluate((address) => fetch(address, { credentials: "include" }).then(() => "read", () => "refused"), `${api}/auth/me`);
  assert.equal(read, "refused");
  await evil.evaluate(() => {
    for (const name of ["__Host-access", "__Host-refresh", "__Host-csrf"]) {
      document.cookie = `${name}=evil; Domain=api.localhost; Path=/; Secure`;
      document.cookie = `${name}=evil; Domain=api.localhost; Path=/auth; Secure`;
    }
  });
  await expectStatus(200, page, "GET", "/auth/me");
  await expectStatus(200, page, "POST", "/auth/refresh");
  assert.equal((await call(page, "GET", "/posts", { cache: "no-store" })).text, before);
  await context.close();
  server.close();
}

async function workers() {
  // Without the policy of /docs: what an app serves beside it may have none.
  const page = await (await browser.newContext({ bypassCSP: true })).newPage();
  await page.goto(`${cookies}/docs/`);
  await register(page, "worker");
  const script = "self.onfetch = (event) => event.respondWith(new Response('taken'))";
  for (const type of ["text/javascript", "application/javascript", "text/html", "application/octet-stream", "image/svg+xml", "text/plain"]) {
    const path = `/files/worker-${type.replace(/\W/g, "-")}.js`;
    const stored = await call(page, "PUT", path, { body: script, type });
    assert.ok([201, 204, 415].includes(stored.status), stored.text);
    for (const scope of ["/files/", undefined]) {
      const registered = await page.evaluate(([path, scope]) => navigator.serviceWorker.register(path, { scope }).then(() => "runs", (fault) => fault.name), [path, scope]);
      assert.notEqual(registered, "runs", `${path} runs as a service worker.`);
    }
    const ran = await page.evaluate((path) => new Promise((resolve) => {
      const element = Object.assign(document.createElement("script"), { src: path, onload: () => resolve("runs"), onerror: () => resolve("refused") });
      document.head.append(element);
    }), path);
    assert.equal(ran, "refused", `${path} runs as a script.`);
  }
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), 0);
  await page.context().close();
}

async function back() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${cookies}/docs/`);
  await register(page, "back");
  for (const path of ["/auth/me", "/users/profile", "/auth/export", "/auth/sessions"]) {
    await signIn(page, "back");
    await page.goto(cookies + path, { waitUntil: "load" }).catch(() => {});
    const shown = await page.locator("body").innerText();
    await page.goto(`${cookies}/docs/`);
    await expectStatus(204, page, "POST", "/auth/logout");
    await page.goBack({ waitUntil: "load" }).catch(() => {});
    const left = await page.locator("body").innerText();
    if (path !== "/auth/export") assert.ok(shown.length > 20, `${path}: ${shown}`);
    assert.doesNotMatch(left, /back@browser\.example|"sessions"/, `${path} is shown after the logout.`);
    await page.goto(`${cookies}/docs/`);
    await expectStatus(401, page, "GET", path);
  }
  await page.context().close();
}

const walked = await oneCache();
for (const scene of [tabs, reloads, sisters, workers, back]) await scene();
await browser.close();
console.log(`In Chromium: ${walked}; tabs, reloads, sister domains, service workers and the back button.`);
