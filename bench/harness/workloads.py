"""What is asked of each server, and how often."""

import json
import random
from dataclasses import dataclass
from typing import Callable

from . import rows
from .check import quoted

SIZE = 2_000


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    plan: Callable
    connections: int = 32
    writes: bool = False
    slow: bool = False


def get(path, token=""):
    return f"GET\t{path}\t{token}\t"


def create(number, token):
    return f"POST\t/posts\t{token}\t" + json.dumps({"title": f"Load {number}", "body": rows.TEXT})


def cursor_at(client, depth):
    """Walks to a depth in the list of posts."""
    after = ""
    for _ in range(depth // 100):
        after = client.get(f"/posts?after={quoted(after)}&limit=100")["next"]
    return after


class Plans:
    """Makes the requests for one server. Tokens are fetched anew for each workload: they live fifteen minutes."""

    def __init__(self, client, posts):
        self.client, self.posts = client, posts
        self.random = random.Random(7)

    def tokens(self):
        return [self.client.login(number) for number in range(1, 9)]

    def healthz(self):
        return [get("/healthz")]

    def user(self):
        return [get(f"/users/{self.random.randint(1, rows.USERS)}") for _ in range(SIZE)]

    def users(self):
        return [get(f"/users?page={page}") for page in range(1, 21)]

    def page_one(self):
        return [get("/posts")]

    def page_1000(self):
        return [get("/posts?page=1000")]

    def cursor_first(self):
        return [get("/posts?after=")]

    def cursor_deep(self):
        return [get(f"/posts?after={quoted(cursor_at(self.client, min(self.posts - 1000, 20_000)))}")]

    def me(self):
        return [get("/auth/me", token) for token in self.tokens()]

    def create(self):
        tokens = self.tokens()
        return [create(n, tokens[n % len(tokens)]) for n in range(SIZE)]

    def login(self):
        return ["POST\t/auth/login\t\t" + json.dumps({"email": rows.user(n)["email"], "password": rows.PASSWORD}) for n in range(100, 100 + SIZE)]

    def mixed(self):
        """What a signed-in client does: reads a list, a few users, itself, the next page, and now and then writes."""
        tokens, lines = self.tokens(), []
        # A cursor may hold for its caller only.
        after = {token: quoted(self.client.get("/posts?after=&limit=20", token)["next"]) for token in tokens}
        for n in range(SIZE // 10):
            token = tokens[n % len(tokens)]
            lines += [get("/auth/me", token), get("/posts", token), get(f"/posts?after={after[token]}", token)]
            lines += [get(f"/users/{self.random.randint(1, rows.USERS)}", token) for _ in range(4)]
            lines += [get(f"/users?page={n % 20 + 1}", token), get(f"/posts?page={n % 50 + 1}", token), create(n, token)]
        return lines


WORKLOADS = [
    Workload("healthz", "GET /healthz, small JSON", Plans.healthz),
    Workload("user", "GET /users/{random id}", Plans.user),
    Workload("user-c1", "GET /users/{random id}, 1 connection", Plans.user, connections=1),
    Workload("user-c256", "GET /users/{random id}, 256 connections", Plans.user, connections=256),
    Workload("users", "GET /users?page=1..20", Plans.users),
    Workload("posts", "GET /posts, page 1", Plans.page_one),
    Workload("posts-c1", "GET /posts, page 1, 1 connection", Plans.page_one, connections=1),
    Workload("posts-c256", "GET /posts, page 1, 256 connections", Plans.page_one, connections=256),
    Workload("posts-1000", "GET /posts?page=1000", Plans.page_1000),
    Workload("cursor", "GET /posts?after=, first page by cursor", Plans.cursor_first),
    Workload("cursor-deep", "GET /posts?after={cursor}, at depth 20,000", Plans.cursor_deep),
    Workload("me", "GET /auth/me, token", Plans.me),
    Workload("create", "POST /posts, token", Plans.create, writes=True),
    Workload("create-c1", "POST /posts, token, 1 connection", Plans.create, connections=1, writes=True),
    Workload("create-c256", "POST /posts, token, 256 connections", Plans.create, connections=256, writes=True),
    Workload("mixed", "Mixed session, 1 write in 10, token", Plans.mixed, writes=True),
    Workload("login", "POST /auth/login, 4 connections", Plans.login, connections=4, writes=True, slow=True),
    Workload("register", "POST /auth/register, 4 connections", lambda plans: [], connections=4, writes=True, slow=True),
]
BASIC = ["healthz", "user", "users", "posts", "posts-1000", "cursor", "cursor-deep", "me", "create", "mixed", "login", "register"]
QUICK = ["healthz", "user", "posts", "me", "create"]
