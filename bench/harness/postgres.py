"""A PostgreSQL of the benchmark's own, thrown away at the end."""

import atexit
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .machine import free_port, tree


def missing():
    return None if all(binary(name) for name in ("postgres", "initdb", "pg_isready", "psql")) else "no PostgreSQL server binaries"


def binary(name):
    """Debian keeps the server's programs out of PATH."""
    return next((str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None) or shutil.which(name)


class Cluster:
    """Durable as installed (fsync, synchronous_commit); 128 MB of shared buffers; on the core of the servers."""

    def __init__(self, folder, core):
        self.port = free_port()
        self.folder = folder / "postgres"
        self.folder.mkdir()
        self.as_user = []
        if os.geteuid() == 0:
            # PostgreSQL does not run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            for parent in [folder, *folder.parents][:2]:
                parent.chmod(parent.stat().st_mode | 0o011)
            self.as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data = self.folder / "data"
        self._run(self.as_user + [binary("initdb"), "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"])
        self.process = subprocess.Popen(
            ["taskset", "-c", core, *self.as_user, binary("postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.folder), "-c", "max_connections=200"],
            stdout=open(folder / "postgres.log", "wb"), stderr=subprocess.STDOUT, cwd=self.folder)
        atexit.register(self.stop)
        for _ in range(300):
            if subprocess.run([binary("pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL).returncode == 0:
                break
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise SystemExit(f"PostgreSQL ended at its start:\n{(folder / 'postgres.log').read_text()[-2000:]}")

    @staticmethod
    def _run(command, text=None):
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise SystemExit(f"{command[0]}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def url(self, name):
        return f"postgresql://bench:bench@127.0.0.1:{self.port}/{name}"

    def psql(self, name, text, given=None):
        return self._run([binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", "-d", name, "-c", text], given)

    def processes(self):
        return tree(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            # SIGINT: the fast shutdown.
            self.process.send_signal(2)
            self.process.wait(20)
