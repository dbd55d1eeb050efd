// Opens /docs in headless Chromium without a network. The page loads nothing from elsewhere; axe finds nothing in light or dark, wide or narrow; a reader registers with the
// example as it stands, signs in from the page, calls what is closed, exchanges the refresh token and stores a file under a path with slashes.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, screenshots] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.log(`Skipped: ${executablePath} is missing. Install the package chromium, or say where it is with CHROMIUM.`);
  process.exit(0);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const elsewhere = [];
const faults = [];

async function open(options, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
  const page = await context.newPage();
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(`${base}/`) || elsewhere.push(request.url()));
  page.on("console", (message) => message.type() === "error" && !message.text().includes("status of") && faults.push(message.text()));
  page.on("pageerror", (fault) => faults.push(fault.message));
  await page.goto(`${base}/docs/${hash}`, { waitUntil: "networkidle" });
  return page;
}

async function violations(page) {
  // Through the debugger, because the page's policy lets no other script run.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    const page = await open({ colorScheme, viewport: { width, height: 900 } });
    for (let screen = 0; screen < 30; screen++) {
      await page.mouse.wheel(0, 1500);
    }
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByText("Sign in", { exact: true }).first().click();
    await page.locator("#form input[name=password]").waitFor();
    if (screenshots) await page.screenshot({ path: `${screenshots}/docs-${colorScheme}-${width}.png` });
    assert.deepEqual(await violations(page), [], `${colorScheme}, ${width} px`);
    await page.context().close();
  }
}

const without = await open({ javaScriptEnabled: false });
assert.match(await without.locator("body").innerText(), /needs JavaScript/);
assert.equal((await without.request.get(`${base}/docs/x`)).status(), 404);
assert.equal(await without.locator("html").getAttribute("lang"), "en");

const page = await open({}, "#tag/auth/POST/auth/register");
page.setDefaultTimeout(10_000);
async function call(method, path, { entry, fill, url = base + path }) {
  await page.getByRole("link", { name: entry }).or(page.getByText(entry)).first().click();
  await page.getByRole("button", { name: `Test Request (${method.toLowerCase()} ${path})` }).first().click();
  const dialog = page.locator("[role=dialog]").first();
  await fill?.(dialog);
  const answered = page.waitForResponse((response) => response.url() === url && response.request().method() === method);
  await dialog.locator("button", { hasText: "Send" }).first().click();
  const response = await answered;
  if (screenshots) await page.waitForTimeout(500).then(() => page.screenshot({ path: `${screenshots}/docs-${path.replaceAll("/", "-")}.png` }));
  const text = await response.text().catch(() => "");
  await dialog.getByRole("button", { name: "Close Client" }).click();
  return { status: response.status(), json: text && text.startsWith("{") ? JSON.parse(text) : null, sent: await response.request().allHeaders() };
}

const registered = await call("POST", "/auth/register", { entry: /^Make an account/ });
assert.ok([201, 409].includes(registered.status), JSON.stringify(registered.json));
const stranger = await call("GET", "/auth/me", { entry: /^Fetch the signed-in user/ });
assert.equal(stranger.status, 401);
assert.equal(stranger.sent.authorization, undefined, "An empty Authorization header was sent.");

await page.getByText("Sign in", { exact: true }).first().click();
await page.locator("#form input[name=email]").fill("ada@example.com");
await page.locator("#form input[name=password]").fill("correct horse battery");
await page.locator("#form button").click();
await page.getByText("Signed in", { exact: true }).waitFor();
const me = await call("GET", "/auth/me", { entry: /^Fetch the signed-in user/ });
assert.equal(me.status, 200, JSON.stringify(me.json));
assert.equal(me.json.username, "ada");
const refreshed = await call("POST", "/auth/refresh", { entry: /^Exchange a refresh token/ });
assert.equal(refreshed.status, 200, JSON.stringify(refreshed.json));


const bytes = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7) % 256));
await page.getByText("files", { exact: true }).first().click();
const stored = await call("PUT", "/files/{path}", {
  entry: /^Store a file/,
  url: `${base}/files/notes/today.bin`,
  fill: async (dialog) => {
    await dialog.locator("tr#path td").last().click();
    await page.keyboard.insertText("notes/today.bin");
    const chooser = page.waitForEvent("filechooser");
    await dialog.getByText("Select File").first().click();
    await (await chooser).setFiles({ name: "today.bin", mimeType: "application/octet-stream", buffer: bytes });
  },
});
assert.ok([201, 204].includes(stored.status), JSON.stringify(stored.json));
assert.ok(bytes.equals(await (await page.request.get(`${base}/files/notes/today.bin`)).body()), "The file came back changed.");

assert.deepEqual(elsewhere, []);
assert.deepEqual(faults, []);
await browser.close();
console.log("The docs page is accessible, signs in, sends what the document says and loads nothing from elsewhere.");
