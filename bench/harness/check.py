"""Are a server's answers right? Asked before anything is timed; what each must be follows from the rows."""

import json
from datetime import datetime

from . import rows

JSON = {"Content-Type": "application/json"}


class Wrong(Exception):
    pass


class Client:
    """Calls one server and compares."""

    def __init__(self, running):
        self.running = running

    def call(self, method, path, expect=200, body=None, token=None):
        headers = {"Accept": "application/json"} | (JSON if body is not None else {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        status, found, answer = self.running.ask(method, path, None if body is None else json.dumps(body), headers)
        if status != expect:
            raise Wrong(f"{method} {path} answered {status}, not {expect}: {answer[:300]!r}")
        if expect >= 400 or not answer:
            return found, None
        if not found.get("content-type", "").startswith("application/json"):
            raise Wrong(f"{method} {path} is {found.get('content-type')}, not JSON")
        return found, json.loads(answer)

    def get(self, path, token=None):
        return self.call("GET", path, token=token)[1]

    def login(self, number, password=rows.PASSWORD):
        return self.call("POST", "/auth/login", body={"email": rows.user(number)["email"], "password": password})[1]["access_token"]


def moment(text):
    if not text.endswith("Z"):
        raise Wrong(f"{text} does not end with Z")
    return datetime.fromisoformat(text[:-1].ljust(27, "0")[:26] + "+00:00" if "." in text else text[:-1] + "+00:00")


def same(path, found, expected):
    found = {name: moment(value) if name.endswith("_at") else value for name, value in found.items()}
    if found != expected:
        raise Wrong(f"{path}: {found} is not {expected}")


def public(number):
    return {name: value for name, value in rows.user(number).items() if name != "email"}


def page(client, path, name, make, total, number, limit):
    headers, found = client.call("GET", f"{path}?page={number}&limit={limit}")
    pages = -(-total // limit)
    if sorted(found) != sorted([name, "total", "page", "pages"]) or (found["total"], found["page"], found["pages"]) != (total, number, pages):
        raise Wrong(f"{path}: {[(key, value) for key, value in found.items() if key != name]} is not total {total}, page {number}, pages {pages}")
    first = total - (number - 1) * limit
    expected = [make(n) for n in range(first, max(first - limit, 0), -1)]
    if len(found[name]) != len(expected):
        raise Wrong(f"{path} has {len(found[name])} rows, not {len(expected)}")
    for row, right in zip(found[name], expected):
        same(path, row, right)
    for relation in ("first", "last") + (("next",) if number < pages else ()) + (("prev",) if number > 1 else ()):
        if f'rel="{relation}"' not in headers.get("link", ""):
            raise Wrong(f"{path}: Link has no {relation}: {headers.get('link')}")


def cursors(client, posts):
    after, first = "", posts
    for _ in range(3):
        found = client.get(f"/posts?after={quoted(after)}&limit=20")
        for row, number in zip(found["posts"], range(first, first - 20, -1)):
            same("/posts?after=", row, rows.post(number))
        if len(found["posts"]) != 20 or not found.get("next") or "total" in found:
            raise Wrong(f"/posts?after=: {len(found['posts'])} rows, next {found['next']}")
        after, first = found["next"], first - 20


def quoted(text):
    from urllib.parse import quote
    return quote(text, safe="")


def reads(client, posts):
    client.get("/healthz")
    for number in (1, 4711, rows.USERS):
        same("/users/{id}", client.get(f"/users/{number}"), public(number))
    client.call("GET", f"/users/{rows.USERS + 77}", 404)
    for number, limit in ((1, 20), (20, 20), (3, 100), (rows.USERS // 20, 20)):
        page(client, "/users", "users", public, rows.USERS, number, limit)
    for number, limit in ((1, 20), (1000, 20), (2, 7)):
        page(client, "/posts", "posts", rows.post, posts, number, limit)
    cursors(client, posts)


def writes(client, posts):
    """Leaves the tables as they were."""
    token = client.login(42)
    same("/auth/me", client.get("/auth/me", token), rows.user(42))
    client.call("GET", "/auth/me", 401)
    client.call("GET", "/auth/me", 401, token=token[:-6] + ("aaaaaa" if token[-6:] != "aaaaaa" else "bbbbbb"))
    client.call("POST", "/auth/login", 401, {"email": rows.user(42)["email"], "password": "not that one"})
    client.call("POST", "/posts", 401, {"title": "t", "body": "b"})
    client.call("POST", "/posts", 400, {"title": "", "body": "b"}, token)
    headers, found = client.call("POST", "/posts", 201, {"title": "A title", "body": "A body"}, token)
    if (found["title"], found["body"], found["user_id"]) != ("A title", "A body", 42) or found["created_at"] != found["updated_at"]:
        raise Wrong(f"POST /posts: {found}")
    if not headers.get("location", "").endswith(f"/posts/{found['id']}"):
        raise Wrong(f"POST /posts: Location is {headers.get('location')}")
    moment(found["created_at"])
    if [row["id"] for row in client.get("/posts")["posts"][:2]] != [found["id"], posts]:
        raise Wrong("A new post is not the first of the list")
    client.running.store.run(f"DELETE FROM posts WHERE id = {found['id']} RETURNING id")


def adopt(client):
    """Registers an account, gives its password hash to all the others, and removes it: each server has hashes of its own making."""
    account = {"username": "zz_bench", "email": "zz_bench@example.com", "password": rows.PASSWORD}
    _, found = client.call("POST", "/auth/register", 201, account)
    if (found["username"], found["email"]) != (account["username"], account["email"]) or set(found) != {"id", "username", "email", "created_at"}:
        raise Wrong(f"POST /auth/register: {found}")
    client.call("POST", "/auth/register", 409, account)
    store = client.running.store
    digest = store.run(f"SELECT password_hash FROM users WHERE id = {found['id']}")[0][0]
    store.run(f"UPDATE users SET password_hash = '{digest}' WHERE id <> {found['id']}")
    store.run(f"DELETE FROM users WHERE id = {found['id']}")


def all_right(running, posts):
    client = Client(running)
    if running.server.only:
        same("/healthz", client.get("/healthz"), {"status": "ok", "checks": {}})
        return client
    adopt(client)
    reads(client, posts)
    writes(client, posts)
    return client
