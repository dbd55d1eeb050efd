// node flaky.mjs TARGET: prints the address of a proxy before TARGET that loses the first response of each GET and of each request with an
// Idempotency-Key, which TARGET has carried out by then, and says 503 to the second.
import { createServer, request } from "node:http";

const target = new URL(process.argv[2]);
const seen = new Map();
const server = createServer((incoming, outgoing) => {
  const key = incoming.headers["idempotency-key"] ?? (incoming.method === "GET" ? `${incoming.method} ${incoming.url}` : undefined);
  const time = seen.get(key) ?? 0;
  seen.set(key, time + 1);
  if (key && time === 1) {
    outgoing.writeHead(503, { "Retry-After": "0" }).end();
    return;
  }
  const { method, url: path, headers } = incoming;
  incoming.pipe(request({ hostname: target.hostname, port: target.port, method, path, headers }, (response) => {
    if (key && time === 0) {
      response.resume().on("end", () => incoming.socket.destroy());
      return;
    }
    outgoing.writeHead(response.statusCode, response.headers);
    response.pipe(outgoing);
  }));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
