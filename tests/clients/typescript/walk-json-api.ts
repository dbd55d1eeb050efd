// The sample of JSON:API through a client made from its document: register, sign in, write, page, like, change, delete, and read errors.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./obj/json-api.js";

const headers = { "Content-Type": "application/vnd.api+json", Accept: "application/vnd.api+json" };
const api = createClient<paths>({ baseUrl: process.argv[2]!, headers });
const name = `ts-${process.pid}`;
const account = { username: name, email: `${name}@example.com`, password: "correct horse battery" };

const registered = await api.POST("/accounts", { body: { data: { type: "accounts", attributes: account } } });
assert.equal(registered.response.status, 201, JSON.stringify(registered.error));
const again = await api.POST("/accounts", { body: { data: { type: "accounts", attributes: account } } });
assert.equal(again.error?.errors[0]?.status, "409");
assert.ok(again.error.errors.every((error) => error.source?.pointer?.startsWith("/data/attributes/")), JSON.stringify(again.error));

const session = await api.POST("/sessions", { body: { data: { type: "sessions", attributes: { email: account.email, password: account.password } } } });
assert.ok(session.data, JSON.stringify(session.error));
api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Token ${session.data.meta.accessToken}`);
    return request;
  },
});

for (let number = 1; number <= 5; number++) {
  const created = await api.POST("/articles", { body: { data: { type: "articles", attributes: { title: `Article ${number}`, body: "A body" } } } });
  assert.equal(created.response.headers.get("Location"), `/articles/${created.data?.data.id}`, JSON.stringify(created.error));
}

const ids = new Set<string>();
for (let page = 1, more = true; more; page++) {
  const list = await api.GET("/articles", { params: { query: { "page[number]": page, "page[size]": 2, sort: ["title"] } } });
  assert.ok(list.data, JSON.stringify(list.error));
  assert.ok(list.data.meta.total >= 5);
  list.data.data.forEach((article) => ids.add(article.id));
  more = list.data.links.next !== undefined;
}
assert.ok(ids.size >= 5);

const id = Number([...ids][0]);
const changed = await api.PATCH("/articles/{id}", {
  params: { path: { id } },
  body: { data: { type: "articles", id: `${id}`, attributes: { title: "Changed" } } },
});
assert.equal(changed.data?.data.attributes.title, "Changed", JSON.stringify(changed.error));
assert.equal(changed.data.data.attributes.body, "A body");
const fan = { data: [{ type: "accounts", id: registered.data!.data.id }] };
for (let round = 0; round < 2; round++) {
  const liked = await api.POST("/articles/{id}/relationships/fans", { params: { path: { id } }, body: fan });
  assert.equal(liked.response.status, 204, JSON.stringify(liked.error));
}

const deleted = await api.DELETE("/articles/{id}", { params: { path: { id } } });
assert.equal(deleted.response.status, 204);
const gone = await api.GET("/articles/{id}", { params: { path: { id } } });
assert.equal(gone.error?.errors[0]?.status, "404");
console.log("The client of JSON:API registered, signed in, wrote, paged, changed, liked twice, deleted and read errors.");
