"""Servers that run: started, pinned, watched, and ended by those who started them."""

import atexit
import http.client
import os
import signal
import subprocess
import time

from . import machine


class Running:
    """One server process and its children."""

    _all = []

    def __init__(self, server, store, folder, core):
        self.server, self.store = server, store
        self.port = machine.free_port()
        self.peak = 0
        self.log = folder / f"{server.name}.log"
        started = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", core, *server.command(self.port)], cwd=server.home or folder, env=server.environment(self.port, store.url, folder),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        Running._all.append(self)
        self.startup = self._first_answer(started)

    def _first_answer(self, started):
        while time.monotonic() - started < 60:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.server.name} ended at its start:\n{self.log.read_text()[-3000:]}")
            try:
                self.ask("GET", "/healthz")
                return time.monotonic() - started
            except OSError:
                pass
            time.sleep(0.005)
        raise SystemExit(f"{self.server.name} gave no answer within 60 s:\n{self.log.read_text()[-3000:]}")

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict((name.lower(), value) for name, value in answer.getheaders()), answer.read()
        finally:
            connection.close()

    def processes(self):
        return machine.tree(self.process.pid)

    def measure_memory(self):
        self.peak = max(self.peak, machine.memory(self.processes()))

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
        if self in Running._all:
            Running._all.remove(self)

    @staticmethod
    def stop_all():
        for running in list(Running._all):
            running.stop()


atexit.register(Running.stop_all)
for ending in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(ending, lambda number, frame: exit(128 + number))
