"""Builds a server, gives it a database of its own with the rows in it, and starts it."""

import shutil
import statistics
import subprocess

from . import postgres, seed
from .running import Running


class Preparer:
    """Makes the peers' database once and copies it; MyApi's comes from its own migrations."""

    def __init__(self, given, folder, say):
        self.given, self.folder, self.say = given, folder, say
        self.cluster = postgres.Cluster(folder, given.server_core) if given.database == "postgres" else None
        self._template = None

    def start(self, server):
        if not self.given.no_build:
            self.say(f"{server.name}: building", passing=True)
            server.build()
        home = self.folder / server.name
        home.mkdir()
        self.say(f"{server.name}: filling its database", passing=True)
        store = seed.SqliteStore(home / "none.db") if server.only else self._postgres(server, home) if self.cluster else self._sqlite(server, home)
        return self._fairly_started(server, store, home)

    def _fairly_started(self, server, store, home):
        """Starts it three times; how long that took is the median."""
        took = []
        for last in (False, False, True):
            running = Running(server, store, home, self.given.server_core)
            took.append(running.startup)
            if not last:
                running.stop()
        running.startup = statistics.median(took)
        return running

    def stop(self):
        if self.cluster:
            self.cluster.stop()

    def _sqlite(self, server, home):
        store = seed.SqliteStore(home / "bench.db")
        if server.own_schema:
            self._migrate(server, store, home)
            seed.fill_sqlite(store.path, self.given.posts)
        else:
            if self._template is None:
                self._template = self.folder / "peers.db"
                seed.make_sqlite(self._template, self.given.posts)
            shutil.copyfile(self._template, store.path)
        return store

    def _postgres(self, server, home):
        name = "bench_" + server.name.replace("-", "_")
        if server.own_schema or self._template is None:
            database = name if server.own_schema else "peers"
            self.cluster.psql("postgres", f"CREATE DATABASE {database}")
            if server.own_schema:
                self._migrate(server, seed.PostgresStore(self.cluster, database), home)
            else:
                self.cluster.psql(database, seed.POSTGRES_SCHEMA)
                self._template = database
            seed.fill_postgres(lambda text, given=None: self.cluster.psql(database, text, given), self.given.posts)
        if not server.own_schema:
            self.cluster.psql("postgres", f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return seed.PostgresStore(self.cluster, name)

    def _migrate(self, server, store, home):
        """The app makes its own tables."""
        done = subprocess.run([*server.command(0), "db", "upgrade"], env=server.environment(0, store.url, home), cwd=server.home, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{server.name}: db upgrade failed: {(done.stderr or done.stdout).strip()[-2000:]}")
