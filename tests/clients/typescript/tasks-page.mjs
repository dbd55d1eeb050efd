// The page of tasks of MyApi in Chromium: an admin signs in, sees a task whose mail a server refused, retries it, and cancels one that waits for its next attempt. Nothing of a
// task's error becomes markup, nothing is loaded from elsewhere, a user sees nothing, and axe finds nothing in light or dark, wide or narrow. `cookies` runs it with cookies.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, smtpPort, mode, screenshots] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.log(`Skipped: ${executablePath} is missing. Install the package chromium, or say where it is with CHROMIUM.`);
  process.exit(0);
}

const password = "correct horse battery";
const patience = 60_000;

// A mail server that refuses what is for refused@ for good, and what is for later@ for now; its words would be markup.
let refuses = true;
let deliver;
const delivered = new Promise((done) => (deliver = done));
const smtp = createServer((socket) => {
  let inData = false;
  let isRefused = false;
  socket.on("error", () => {});
  socket.write("220 mail\r\n");
  let buffer = "";
  socket.on("data", (data) => {
    buffer += data;
    for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      if (inData) {
        if (line === ".") {
          inData = false;
          if (isRefused) deliver();
          socket.write("250 taken\r\n");
        }
      } else if (/^DATA/i.test(line)) {
        inData = true;
        socket.write("354 go on\r\n");
      } else if (/^RCPT.*later@/i.test(line)) {
        socket.write("451 later <img src=x onerror=document.title='owned'>\r\n");
      } else if (refuses && /^RCPT.*refused@/i.test(line)) {
        socket.write("550 no such mailbox <img src=x onerror=document.title='owned'>\r\n");
      } else {
        isRefused ||= /^RCPT.*refused@/i.test(line);
        socket.write(/^QUIT/i.test(line) ? "221 bye\r\n" : "250 fine\r\n");
      }
    }
  });
});
await new Promise((listening) => smtp.listen(Number(smtpPort), "127.0.0.1", listening));
for (const name of ["refused", "later", "user"]) {
  const body = JSON.stringify({ username: `${name}-page`, email: `${name}@page.example`, password });
  const response = await fetch(`${base}/auth/register`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  assert.equal(response.status, 201, await response.text());
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const elsewhere = [];
const faults = [];

async function open(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("request", (request) => request.url().startsWith("data:") || request.url().startsWith(`${base}/`) || elsewhere.push(request.url()));
  page.on("console", (message) => message.type() === "error" && !message.text().includes("status of") && faults.push(message.text()));
  page.on("pageerror", (fault) => faults.push(fault.message));
  await page.goto(`${base}/admin/tasks`);
  return page;
}

async function signIn(page, email) {
  await page.getByLabel("email").fill(email);
  await page.getByLabel("password").fill(password);
  await page.keyboard.press("Enter");
}

async function violations(page) {
  // Through the debugger, because the page's policy lets no other script run.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}

// A worker reports its counts apart from the task's end, and the page asks every five seconds.
async function until(locator, attribute, expected) {
  for (const end = Date.now() + patience; !expected.test(await locator.getAttribute(attribute) ?? "") && Date.now() < end; ) await page.waitForTimeout(100);
  assert.match(await locator.getAttribute(attribute), expected);
}

async function look(page, name) {
  if (screenshots) await page.screenshot({ path: `${screenshots}/tasks-${name}.png`, fullPage: true });
  assert.deepEqual(await violations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: the page is ${wide} px wider than the screen.`);
}

const none = await open({ javaScriptEnabled: false });
assert.match(await none.locator("noscript").innerText(), /needs JavaScript/);
const blank = await none.content();
assert.doesNotMatch(blank, /refused@|send_verification/);

const user = await open();
await user.getByRole("heading", { name: "Sign in" }).waitFor();
await look(user, "sign-in");
await signIn(user, "user@page.example");
await user.locator("#status.bad").waitFor();
assert.ok(await user.locator("#board").isHidden());
await user.context().close();

const page = await open();
await signIn(page, "root@page.example");
const failed = page.locator("#tasks li", { hasText: "send_verification" });
await failed.first().waitFor();
assert.equal(await failed.count(), 1);
assert.match(await failed.innerText(), /no such mailbox <img/);
assert.equal(await page.locator("#tasks img").count(), 0);
assert.equal(await page.title(), "MyApi tasks");
await until(page.locator("#throughput"), "aria-label", /[1-9]\d* failed/);
assert.ok(await page.locator("#throughput rect").count() > 0);
await page.locator("#workers tbody td").first().waitFor();
assert.equal(await page.locator("#workers tbody tr").count(), 1);

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await failed.locator("summary").click();
    await page.locator("#numbers summary").click();
    await page.waitForTimeout(300);
    await look(page, `${colorScheme}-${width}`);
    await failed.locator("summary").click();
    await page.locator("#numbers summary").click();
  }
}
await page.setViewportSize({ width: 1280, height: 900 });

// With the keyboard alone.
refuses = false;
await failed.getByRole("button", { name: /^Retry send_verification/ }).focus();
await page.keyboard.press("Enter");
await page.locator("#status", { hasText: "will run again" }).waitFor();
await page.getByText("There are none.").waitFor();
assert.equal(await page.evaluate(() => document.activeElement?.id), "tasks-title");
await delivered;

// What waits for its next attempt is scheduled, or for a moment waiting or running: cancel what is seen.
await page.getByLabel("Show").selectOption("scheduled");
const later = page.locator("#tasks li", { hasText: "send_verification" });
await later.getByRole("button", { name: /^Cancel/ }).click();
await page.locator("#status", { hasText: "is cancelled" }).waitFor();
await page.getByLabel("Show").selectOption("cancelled");
await page.locator("#tasks li .state.cancelled").waitFor();

await page.getByRole("button", { name: "Live" }).click();
assert.equal(await page.getByRole("button", { name: "Live" }).getAttribute("aria-pressed"), "false");
if (mode !== "cookies") {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("#tasks li").count(), 0);
}

await browser.close();
smtp.close();
assert.deepEqual(faults, []);
assert.deepEqual(elsewhere, []);
console.log(`The page of tasks in Chromium, by ${mode === "cookies" ? "cookie" : "token"}: seen, retried, cancelled.`);
process.exit(0);
