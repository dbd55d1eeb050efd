"""bench/soak: many writers and readers for a while, then the books are checked."""

import argparse
import http.client
import json
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from . import check, rows, servers
from .prepare import Preparer
from .running import Running


def arguments():
    parser = argparse.ArgumentParser(prog="bench/soak", description="Writers and readers at once on MyApi with SQLite: fails on any error and on any row too few or too many.")
    parser.add_argument("--seconds", type=int, default=60, help="default 60; at most 800, for which a token lives")
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--readers", type=int, default=64)
    parser.add_argument("--no-build", action="store_true", help="run what was published before")
    given = parser.parse_args()
    given.posts, given.database, given.server_core = 10_000, "sqlite", "0,1"
    return given


class Caller(threading.Thread):
    """One client with a connection of its own, kept open."""

    def __init__(self, number, port, token, end):
        super().__init__(daemon=True)
        self.number, self.port, self.token, self.end = number, port, token, end
        self.requests, self.slowest, self.errors, self.written = 0, 0.0, Counter(), {}

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while time.monotonic() < self.end:
            began = time.monotonic()
            try:
                self.act(connection)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                self.errors[type(fault).__name__] += 1
                connection.close()
            self.requests += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
        connection.close()

    def call(self, connection, method, path, expect, body=None):
        headers = {"Authorization": f"Bearer {self.token}"} | (check.JSON if body else {})
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        found = answer.read()
        if answer.status != expect:
            self.errors[f"{method} {path.split('?')[0]} {answer.status}"] += 1
            return None
        return json.loads(found)


class Writer(Caller):
    def act(self, connection):
        title = f"soak {self.number} {self.requests}"
        post = self.call(connection, "POST", "/posts", 201, {"title": title, "body": rows.TEXT})
        if post:
            self.written[post["id"]] = title


class Reader(Caller):
    PATHS = ["/posts", "/posts?after=&limit=20", "/users/42", "/auth/me", "/posts?page=100"]

    def act(self, connection):
        self.call(connection, "GET", self.PATHS[self.requests % len(self.PATHS)], 200)


def audit(path, posts, written):
    """What is wrong with the database."""
    with sqlite3.connect(path) as db:
        integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
        found = dict(db.execute("SELECT id, title FROM posts WHERE title LIKE 'soak %'"))
        total = db.execute("SELECT count(*) FROM posts").fetchone()[0]
        dangling = db.execute("PRAGMA foreign_key_check").fetchall()
    print(f"rows written {len(written):,}, rows found {len(found):,}, integrity_check: {integrity}")
    faults = [f"integrity_check: {integrity}"] if integrity != "ok" else []
    faults += [f"{len(written.items() - found.items())} rows were answered and are not there"] if written.items() - found.items() else []
    faults += [f"{len(found.items() - written.items())} rows are there and were not answered"] if found.items() - written.items() else []
    faults += [f"{total} rows in all, not {posts + len(written)}"] if total != posts + len(written) else []
    return faults + ([f"{len(dangling)} references to nothing"] if dangling else [])


def main():
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="carafe-soak-") as folder:
        try:
            server = next(server for server in servers.SERVERS if server.name == "myapi")
            running = Preparer(given, Path(folder), lambda text, passing=False: None if passing else print(text)).start(server)
            client = check.Client(running)
            check.adopt(client)
            tokens = [client.login(number) for number in range(1, 17)]
            end = time.monotonic() + given.seconds
            callers = [kind(number, running.port, tokens[number % len(tokens)], end) for kind, count in ((Writer, given.writers), (Reader, given.readers)) for number in range(count)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
        finally:
            Running.stop_all()
        errors, written = sum((caller.errors for caller in callers), Counter()), {}
        for caller in callers:
            written |= caller.written
        print(f"{given.seconds} s, {given.writers} writers, {given.readers} readers: {sum(caller.requests for caller in callers):,} requests, {errors.total()} errors, "
              f"slowest {max(caller.slowest for caller in callers):.2f} s")
        faults = [f"{count} times {name}" for name, count in errors.items()] + audit(running.store.path, given.posts, written)
    for fault in faults:
        print(f"FAILED: {fault}")
    return 1 if faults else 0
