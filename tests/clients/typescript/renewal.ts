// What happens to the tokens when a renewal goes wrong, with a server of this process: each step says what it responds to the renewal, and when.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Tokens } from "./obj/client/client.js";

const realFetch = globalThis.fetch;
const expired: Tokens = { access_token: "expired", refresh_token: "first" };
const fresh: Tokens = { access_token: "fresh", refresh_token: "second" };

function serve(challenge = 'Bearer error="invalid_token", error_description="The token has expired."') {
  let renewals = 0;
  let arrived!: () => void;
  let respond!: (response: Response | Promise<Response>) => void;
  const renewing = new Promise<void>((resolve) => (arrived = resolve));
  const renewed = new Promise<Response>((resolve) => (respond = resolve));
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const token = request.headers.get("Authorization");
    if (token !== `Bearer ${expired.refresh_token}`) {
      request.signal.throwIfAborted();
      return token === `Bearer ${fresh.access_token}` ? new Response() : new Response(null, { status: 401, headers: { "WWW-Authenticate": challenge } });
    }
    renewals++;
    arrived();
    return renewed;
  };
  const { session } = connect({ baseUrl: "http://api.test", tokens: expired });
  const get = (signal?: AbortSignal) => session.fetch(new Request("http://api.test/posts", signal ? { signal } : {}));
  return { session, get, renewing, respond, renewals: () => renewals };
}

// A caller that cancels leaves the renewal to the others.
{
  const { session, get, renewing, respond, renewals } = serve();
  const first = new AbortController();
  const calls = [get(first.signal), get()];
  await renewing;
  first.abort();
  respond(Response.json(fresh));
  const [one, two] = await Promise.allSettled(calls);
  assert.equal(one?.status, "rejected");
  assert.equal(two?.status === "fulfilled" && two.value.status, 200);
  assert.deepEqual([renewals(), session.tokens], [1, fresh]);
}

// All who wait get the failure, and the tokens are kept.
{
  const { session, get, renewing, respond, renewals } = serve();
  const calls = Promise.allSettled([get(), get()]);
  await renewing;
  // Both have their 401 by then, and wait.
  await new Promise((resolve) => setImmediate(resolve));
  respond(Promise.reject(new TypeError("The response was lost.")));
  assert.deepEqual((await calls).map((call) => call.status), ["rejected", "rejected"]);
  assert.deepEqual([renewals(), session.tokens], [1, expired]);
}

// All who wait get a response of their own when the server is away.
{
  const { session, get, renewing, respond, renewals } = serve();
  const calls = [get(), get()];
  await renewing;
  await new Promise((resolve) => setImmediate(resolve));
  respond(Response.json(fresh, { status: 503 }));
  for (const response of await Promise.all(calls)) assert.deepEqual([response.status, await response.json()], [503, fresh]);
  assert.deepEqual([renewals(), session.tokens], [1, expired]);
}

// A renewal without tokens is a failure, and the tokens are kept.
for (const body of ["<html>", "{}", "null", ""]) {
  const { session, get, respond, renewals } = serve();
  respond(new Response(body));
  await assert.rejects(get(), /gave no tokens/);
  assert.deepEqual([renewals(), session.tokens], [1, expired]);
}

// A 401 about something else, such as a wrong password, renews nothing.
{
  const { session, get, renewals } = serve("Bearer");
  assert.deepEqual([(await get()).status, renewals(), session.tokens], [401, 0, expired]);
}

// No redirect is followed, neither by a request nor by a renewal.
for (const statuses of [[307], [401, 307]]) {
  globalThis.fetch = realFetch;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url!);
    const headers = { Location: "/elsewhere", "WWW-Authenticate": 'Bearer error="invalid_token"' };
    response.writeHead(statuses.shift() ?? 200, headers).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { session } = connect({ baseUrl, tokens: expired, retries: 0 });
  await assert.rejects(session.fetch(new Request(`${baseUrl}/posts`)));
  assert.deepEqual([seen.includes("/elsewhere"), session.tokens], [false, expired]);
  server.close();
}
console.log("The TypeScript client shared each renewal, and kept its tokens when the server was away.");
