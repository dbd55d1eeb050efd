// Opens /docs in headless Chromium without a network: it loads nothing from elsewhere, and registers, logs in and calls a protected operation from the page.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, screenshot] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.log(`Skipped: ${executablePath} is missing. Install the package chromium, or say where it is with CHROMIUM.`);
  process.exit(0);
}

const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "docs-page-")), {
  executablePath,
  viewport: { width: 1400, height: 1000 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
const elsewhere = [];
page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(`${base}/`) || elsewhere.push(request.url()));
const faults = [];
page.on("console", (message) => message.type() === "error" && !message.text().includes("status of") && faults.push(message.text()));
page.on("pageerror", (fault) => faults.push(fault.message));

async function call(method, path, { body, token, entry }) {
  await page.getByRole("link", { name: entry }).or(page.getByText(entry)).first().click();
  await page.getByRole("button", { name: `Test Request (${method.toLowerCase()} ${path})` }).first().click();
  const dialog = page.locator("[role=dialog]").first();
  if (body) {
    await dialog.locator(".cm-content").first().click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(JSON.stringify(body));
  }

  if (token) {
    await dialog.getByPlaceholder("Token").first().fill(token);
  }

  const answered = page.waitForResponse((response) => response.url() === base + path && response.request().method() === method);
  await dialog.locator("button", { hasText: "Send" }).first().click();
  const response = await answered;
  const text = await response.text();
  if (screenshot) await page.waitForTimeout(500).then(() => page.screenshot({ path: screenshot }));
  await dialog.getByRole("button", { name: "Close Client" }).click();
  return { status: response.status(), json: JSON.parse(text) };
}

await page.goto(`${base}/docs/#tag/auth/POST/auth/register`, { waitUntil: "networkidle" });
const name = `page-${process.pid}`;
const account = { email: `${name}@example.com`, password: "correct horse battery" };
assert.equal((await call("POST", "/auth/register", { entry: /^Make an account/, body: { username: name, ...account } })).status, 201);
const login = await call("POST", "/auth/login", { entry: /^Sign in\./, body: account });
assert.equal(login.status, 200);
const me = await call("GET", "/auth/me", { entry: /^Fetch the signed-in user/, token: login.json.access_token });
assert.equal(me.status, 200, JSON.stringify(me.json));
assert.equal(me.json.username, name);
assert.deepEqual(elsewhere, []);
assert.deepEqual(faults, []);
await browser.close();
console.log("The docs page registered, logged in and called a protected operation, and loaded nothing from elsewhere.");
