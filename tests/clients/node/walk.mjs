// Node's default clients against MyApi: each verb, refused uploads, Expect, resets in each phase; with "stop", requests until the server has gone.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [mode, base, token] = process.argv.slice(2);

async function must(status, method, path, { auth = "", body, signal } = {}) {
  const headers = { ...(body && { "Content-Type": "application/json" }), ...(auth && { Authorization: `Bearer ${auth}` }) };
  const response = await fetch(base + path, { method, headers, body, signal });
  const text = await response.text();
  if (response.status !== status) throw new Error(`${method} ${path} gave ${response.status} and not ${status}: ${text}`);
}

// fetch knows no Expect.
function expect(status, auth) {
  return new Promise((resolve, reject) => {
    const body = '{"title":"t","body":"b"}';
    const headers = { Expect: "100-continue", "Content-Type": "application/json", "Content-Length": body.length, ...(auth && { Authorization: `Bearer ${auth}` }) };
    const request = http.request(`${base}/posts`, { method: "POST", headers });
    request.on("continue", () => request.end(body));
    request.on("response", (response) => {
      response.resume();
      response.on("end", () => (response.statusCode === status ? resolve() : reject(new Error(`Expect gave ${response.statusCode} and not ${status}`))));
      request.destroyed || request.end();
    });
    request.on("error", reject);
    request.flushHeaders();
  });
}

async function resets() {
  for (let phase = 0; phase < 40; phase++) {
    const abort = new AbortController();
    const upload = new ReadableStream({
      async pull(stream) {
        stream.enqueue(new TextEncoder().encode('{"title":"'));
        await sleep(1);
        abort.abort();
      },
    });
    const [path, options] = phase % 2 ? ["/openapi/v1.json", {}] : ["/posts", { method: "POST", body: upload, duplex: "half" }];
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    if (phase % 4 === 1) setTimeout(() => abort.abort(), phase / 10);
    await fetch(base + path, { ...options, headers, signal: abort.signal }).then((response) => response.body.cancel()).catch(() => {});
    await must(200, "GET", "/posts");
  }
}

async function stop() {
  let answered = 0;
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (;;) {
      try {
        await must(200, "GET", "/posts");
      } catch (fault) {
        if (fault.cause?.code === "ECONNREFUSED") return;
        // Closed between two requests, or before the first: nothing was answered, and nothing was cut, which would be "terminated".
        if (fault.message === "fetch failed" && ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(fault.cause?.code)) continue;
        console.log("while it stopped:", fault, fault.cause);
        process.exit(1);
      }
      if (++answered === 40) console.log("busy");
    }
  }));
}

if (mode === "stop") {
  await stop();
  process.exit(0);
}

const post = '{"title":"t","body":"b"}';
await must(201, "POST", "/posts", { auth: token, body: post });
await must(200, "PUT", "/posts/1", { auth: token, body: post });
await must(200, "PATCH", "/posts/1", { auth: token, body: '{"title":"u"}' });
await must(200, "GET", "/posts/1");
await must(200, "HEAD", "/posts/1");
await must(204, "OPTIONS", "/posts/1");
await must(204, "DELETE", "/posts/1", { auth: token });
for (let round = 0; round < 9; round++) {
  for (const megabytes of [1, 5, 20]) {
    const body = new Uint8Array(megabytes * 1024 * 1024 + 1000);
    await must(401, "PUT", "/files/x", { body });
    await must(413, "PUT", "/files/x", { auth: token, body });
    await must(404, "PUT", "/nope", { body });
    await must(413, "POST", "/posts", { auth: token, body });
  }
}
for (let round = 0; round < 10; round++) {
  await expect(401, "");
  await expect(201, token);
}
await resets();
process.exit(0);
