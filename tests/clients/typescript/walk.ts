// A day in the life of a client, through a proxy that loses responses: register, log in, create, page through, find the token expired, update with an ETag,
// delete. Every call is checked by the compiler against the document. The client is what MyApi's command `client typescript` wrote.
import assert from "node:assert/strict";
import { connect, type Tokens } from "./obj/client/client.js";

const changes: (Tokens | undefined)[] = [];
const { api, session } = connect({ baseUrl: process.argv[2]!, onTokens: (tokens) => changes.push(tokens) });
const name = `ts-${process.pid}`;
const account = { username: name, email: `${name}@example.com`, password: "correct horse battery" };

const registered = await api.POST("/auth/register", { body: account });
assert.equal(registered.response.status, 201, JSON.stringify(registered.error));
assert.equal(registered.data?.username, name);

const again = await api.POST("/auth/register", { body: account });
assert.equal(again.error?.status, 409);

const login = await api.POST("/auth/login", { body: { email: account.email, password: account.password } });
assert.ok(login.data, JSON.stringify(login.error));
session.tokens = login.data;

for (let number = 1; number <= 5; number++) {
  const created = await api.POST("/posts", { body: { title: `Post ${number}`, body: "A body" } });
  assert.equal(created.response.status, 201, JSON.stringify(created.error));
  assert.equal(created.response.headers.get("Location"), `/posts/${created.data?.id}`);
}

const ids: number[] = [];
for (let page = 1, pages = 1; page <= pages; page++) {
  const list = await api.GET("/users/{id}/posts", { params: { path: { id: registered.data!.id }, query: { page, limit: 2 } } });
  assert.ok(list.data, JSON.stringify(list.error));
  pages = list.data.pages ?? 0;
  ids.push(...list.data.posts.map((post) => post.id));
}
// Each post was sent twice, and is there once.
assert.equal(ids.length, 5);
assert.equal(new Set(ids).size, 5);

// Requests that find the token expired together renew it once: a refresh token that is sent twice would end the session.
session.tokens = { ...login.data, access_token: "expired" };
const me = await Promise.all([1, 2, 3, 4, 5].map(() => api.GET("/auth/me")));
assert.ok(me.every((response) => response.data?.username === name), JSON.stringify(me.map((response) => response.error)));
assert.equal(changes.length, 3);
assert.notEqual(session.tokens.refresh_token, login.data.refresh_token);

const id = ids[0]!;
const read = await api.GET("/posts/{id}", { params: { path: { id } } });
const tag = read.response.headers.get("ETag");
assert.ok(tag, "GET /posts/{id} has no ETag");
const update = { title: "Changed", body: "Another body" };
const updated = await api.PUT("/posts/{id}", { params: { path: { id }, header: { "If-Match": tag } }, body: update });
assert.equal(updated.data?.title, "Changed", JSON.stringify(updated.error));
const stale = await api.PUT("/posts/{id}", { params: { path: { id }, header: { "If-Match": tag } }, body: update });
assert.equal(stale.error?.status, 412);

const deleted = await api.DELETE("/posts/{id}", { params: { path: { id } } });
assert.equal(deleted.response.status, 204);
const gone = await api.GET("/posts/{id}", { params: { path: { id } } });
assert.equal(gone.error?.status, 404);

session.tokens = { access_token: "expired", refresh_token: login.data.refresh_token };
const ended = await api.GET("/auth/sessions");
assert.equal(ended.error?.status, 401);
assert.equal(session.tokens, undefined);
console.log("The TypeScript client registered, logged in, created once what it sent twice, paged, renewed its tokens, updated with an ETag and deleted.");
