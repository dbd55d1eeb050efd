"""Puts load on a server by wrk, and says what it cost."""

import json
import os
import subprocess
import time
import uuid

from . import machine, rows
from .servers import BENCH

FOREIGN = 0.15


class Loader:
    """wrk on its own core against one server on another."""

    def __init__(self, folder, server_core, load_core):
        self.folder, self.server_core, self.load_core = folder, server_core, load_core
        self.both = f"{server_core},{load_core}"

    def _wrk(self, running, workload, plan, seconds, connections, cores):
        script = "register.lua" if workload.name == "register" else "plan.lua"
        given = [f"r{uuid.uuid4().hex[:10]}x", rows.PASSWORD] if workload.name == "register" else [str(plan)]
        command = ["taskset", "-c", cores, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
                   "-s", str(BENCH / "wrk" / script), f"http://127.0.0.1:{running.port}", "--", *given]
        cpu = os.times()
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"wrk: {done.stderr.strip() or done.stdout[-1000:]}")
        spent = os.times()
        return json.loads(done.stdout.strip().splitlines()[-1]), spent.children_user + spent.children_system - cpu.children_user - cpu.children_system

    def warm(self, running, workload, plan, seconds):
        """Short bursts with pauses, on both cores: under steady load on one busy core the .NET compiler gets no turn for a long time."""
        machine.pin(running.processes(), self.both)
        rate, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            found, _ = self._wrk(running, workload, plan, 1, min(workload.connections, 8), self.both)
            time.sleep(0.25)
            new = found["requests"] / found["microseconds"]
            if new < rate * 1.03 and time.monotonic() > end - seconds / 2:
                break
            rate = max(rate, new)
        machine.pin(running.processes(), self.server_core)
        self._wrk(running, workload, plan, 1, workload.connections, self.load_core)

    def measure(self, running, workload, plan, seconds, others=()):
        processes = running.processes() + [process for other in others for process in other.processes()]
        used, busy, began = machine.used(processes), machine.busy(), time.monotonic()
        found, wrk = self._wrk(running, workload, plan, seconds, workload.connections, self.load_core)
        wall = time.monotonic() - began
        running.measure_memory()
        server = machine.used(processes) - used
        foreign = max(0.0, machine.busy() - busy - server - wrk) / wall
        taken = found["microseconds"] / 1e6
        return {
            "rps": found["requests"] / taken, "p50": found["p50"], "p99": found["p99"], "cpu": server / max(found["requests"], 1) * 1e6,
            "refused": found["refused"], "broken": found["broken"] + found["timeouts"], "wrk": wrk / taken, "foreign": foreign, "requests": found["requests"],
        }
