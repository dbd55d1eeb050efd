// Serves the documentation's site from its folder and reads it in headless Chromium as one without a network does: wide and narrow, light and dark.
// node docs-site.mjs FOLDER VERSIONS [SCREENSHOTS]: VERSIONS is a folder of docs/site/publish, whose 0.9.0 lacks a page.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const [folder, versions, screenshots] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png" };
const missing = [];
const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname)).replace(/\/$/, "/index.html");
  const file = path.startsWith("/versions/") ? join(versions, path.slice("/versions".length)) : join(folder, path);
  if (!existsSync(file)) {
    if (request.method !== "HEAD") missing.push(request.url);
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const elsewhere = [];
const errors = [];

for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, permissions: ["clipboard-read", "clipboard-write"] });
  await context.route((url) => url.origin !== base && /^http/.test(url.protocol), (route) => {
    elsewhere.push(route.request().url());
    return route.abort();
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  const picture = async (name) => screenshots && page.screenshot({ path: `${screenshots}/site-${name}-${colorScheme}-${width}.png` });
  const narrow = async (name) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px wider than ${width} px`);
  };

  for (const name of ["index", "errors", "tutorial/README", "api/Carafe.Abort"]) {
    await page.goto(`${base}/${name}.html`);
    await page.locator("article h1").first().waitFor();
    await page.locator("#navbar a.nav-link, #toc a").first().waitFor({ state: "attached" });
    assert.equal(await page.locator("html").getAttribute("data-bs-theme"), colorScheme);
    await picture(name.replaceAll("/", "-"));
    await narrow(name);
  }

  await page.goto(`${base}/errors.html`);
  const code = page.locator("pre").first();
  await code.hover();
  await code.locator(".code-action").click();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), (await code.locator("code").innerText()).trim());

  if (width < 768) await page.locator("button.navbar-toggler, [data-bs-target='#navpanel']").first().click();
  const search = page.locator("#search-query:enabled");
  await search.fill("idempotency");
  const found = page.locator("#search-results .sr-item a");
  await found.first().waitFor();
  await picture("search");
  // The page of a result opens in a window of its own.
  const [result] = await Promise.all([context.waitForEvent("page"), found.first().click()]);
  await result.locator("article h1").first().waitFor();
  assert.match(await result.locator("article").innerText(), /idempotency/i);
  await context.close();
}

const page = await browser.newPage();
page.setDefaultTimeout(120_000);
await page.goto(`${base}/versions/`);
assert.deepEqual(await page.locator("li").allInnerTexts(), ["0.10.0", "0.9.0", "0.1.0", "main"]);
await page.goto(`${base}/versions/main/api/Carafe.Abort.html`);
for (const [version, found] of [["0.1.0", "api/Carafe.Abort.html"], ["0.10.0", "api/Carafe.Abort.html"]]) {
  await page.getByLabel("Version").selectOption(version);
  await page.waitForURL(`${base}/versions/${version}/${found}`);
  assert.equal(await page.getByLabel("Version").inputValue(), version);
}
// A page that the other version does not have.
await page.goto(`${base}/versions/main/errors.html`);
await page.getByLabel("Version").selectOption("0.9.0");
await page.waitForURL(`${base}/versions/0.9.0/index.html`);
await page.goto(`${base}/index.html`);
await page.locator("#navbar a.nav-link").first().waitFor({ state: "attached" });
assert.equal(await page.getByLabel("Version").count(), 0);

await browser.close();
server.close();
assert.deepEqual(elsewhere, [], "the site asks other servers");
assert.deepEqual(missing.filter((path) => !path.endsWith(".map")), [], "the site asks for files that are not there");
assert.deepEqual(errors, []);
console.log("The documentation's site reads, searches, copies and changes its version without a network, wide and narrow, light and dark.");
