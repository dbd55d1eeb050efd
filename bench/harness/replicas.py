"""bench/replicas: one, two and three replicas of MyApi behind nginx, on one PostgreSQL and one Redis."""

import argparse
import atexit
import dataclasses
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from . import check, machine, servers, workloads
from .load import Loader
from .prepare import Preparer
from .running import Running

MOST = 3


@dataclasses.dataclass(frozen=True)
class Work:
    name: str
    title: str
    connections: int = 32


WORKS = [
    Work("user", "one user by id"),
    Work("me", "the signed-in user, from a token"),
    Work("create", "write a post, with a token"),
    Work("limited", "a request that a limit counts on Redis, refused as invalid"),
]


def arguments():
    parser = argparse.ArgumentParser(prog="bench/replicas", description="Throughput and CPU of one, two and three replicas, as ratios to one.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement (default 4)")
    parser.add_argument("--app", type=Path, help="a published MyApi, in place of one that is built now")
    parser.add_argument("--output", type=Path, default=servers.BENCH / "results/replicas.md")
    given = parser.parse_args()
    given.posts, given.database, given.no_build = 10_000, "postgres", True
    given.server_core = ",".join(str(core) for core in sorted(os.sched_getaffinity(0)))
    return given


class Helper:
    """nginx or Redis, ended with the benchmark."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        atexit.register(self.stop)

    def processes(self):
        return machine.tree(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)


def redis(port):
    return Helper(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", "/tmp"])


def nginx(folder, replicas):
    """As ops/nginx/myapi.conf says, but for addresses and TLS."""
    port, plain = machine.free_port(), machine.free_port()
    one = "    server 127.0.0.1:5000 max_fails=0;"
    site = (servers.ROOT / "ops/nginx/myapi.conf").read_text()
    site = site.replace(one, "\n".join(f"    server 127.0.0.1:{replica.port} max_fails=0;" for replica in replicas))
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    site = "\n".join(line for line in site.splitlines() if "listen [::]" not in line and " ssl_" not in line)
    home = folder / f"nginx-{len(replicas)}"
    home.mkdir()
    (home / "nginx.conf").write_text(f"""
daemon off; user root; worker_processes 1; pid {home}/pid;
events {{ worker_connections 1024; }}
http {{
access_log off; client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
{site}
}}
""")
    front = Helper([shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")])
    front.port = port
    front.measure_memory = lambda: None
    return front


def plans(client, folder):
    made = workloads.Plans(client, 10_000)
    tokens = made.tokens()
    lines = {
        "user": made.user(),
        "me": [workloads.get("/auth/me", token) for token in tokens],
        "create": [workloads.create(n, tokens[n % len(tokens)]) for n in range(200)],
        "limited": ["POST\t/auth/forgot\t\t{}"],
    }
    for name, requests in lines.items():
        (folder / name).write_text("\n".join(requests) + "\n")
    return {name: folder / name for name in lines}


def measure(given, folder):
    queue = machine.free_port()
    base = next(server for server in servers.SERVERS if server.name == "myapi")
    if given.app is None:
        base.build()
    elif not (given.app / "MyApi.dll").exists():
        raise SystemExit(f"There is no MyApi.dll in {given.app}.")
    else:
        base = servers.also("myapi", str(given.app))
    server = dataclasses.replace(base, settings=("RATELIMIT_ENABLED=true", f"REDIS_URL=redis://127.0.0.1:{queue}/0", "TRUSTED_PROXIES=127.0.0.0/8",
                                                 "LIMITS__auth.Forgot=1000000/second", "LIMITS__auth.Register=off"))
    store = redis(queue)
    preparer = Preparer(given, folder, lambda text, passing=False: None)
    atexit.register(preparer.stop)
    first = preparer.start(server)
    replicas = [first]
    for number in range(1, MOST):
        home = folder / f"replica-{number}"
        home.mkdir()
        replicas.append(Running(server, first.store, home, given.server_core))
    client = check.Client(first)
    check.adopt(client)
    ready = plans(client, folder)
    fronts = [nginx(folder, replicas[:count]) for count in range(1, MOST + 1)]
    time.sleep(1)
    shared = [preparer.cluster, store]
    loader = Loader(folder, given.server_core, given.server_core)
    found = {}
    for work in WORKS:
        for front in fronts[::-1]:
            loader.warm(front, work, ready[work.name], 6)
        for _ in range(given.rounds):
            for count, front in enumerate(fronts, 1):
                one = loader.measure(front, work, ready[work.name], given.seconds, [*replicas, *shared])
                if one["broken"] or (work.name != "limited" and one["refused"]):
                    raise SystemExit(f"{work.name} on {count}: {one['broken']} broken, {one['refused']} refused")
                found.setdefault((work.name, count), []).append(one)
                print(f"{work.name}, {count} replicas: {one['rps']:,.0f}/s, {one['cpu']:.0f} us of CPU, {one['foreign']:.2f} CPUs for others", flush=True)
    return found


def table(given, found):
    def middle(name, count, figure):
        return statistics.median(one[figure] for one in found[name, count])

    foreign = statistics.median(one["foreign"] for runs in found.values() for one in runs)
    lines = [
        "# One, two and three replicas", "",
        f"`bench/replicas`, {time.strftime('%Y-%m-%d')}: MyApi published for Release behind nginx with the upstream of ops/, on one PostgreSQL (durable) and one Redis, "
        f"32 connections, median of {given.rounds} rounds of {given.seconds} s.", "",
        f"The machine: {machine.describe()}. Everything shares these CPUs, wrk, nginx, PostgreSQL and Redis included, and other processes used "
        f"{foreign:.1f} of them in the median round. More replicas cannot make two CPUs faster; where a rate rises with them, three processes got more of a "
        "busy machine than one. CPU a request is the figure to compare: it counts the replicas, nginx, PostgreSQL and Redis, and says what it costs that "
        "there are several.", "",
        "| workload | replicas | rate to that of one | CPU a request to that of one | p99 to that of one | requests a second |", "|---|---|---|---|---|---|",
    ]
    for work in WORKS:
        for count in range(1, MOST + 1):
            ratios = [middle(work.name, count, figure) / middle(work.name, 1, figure) for figure in ("rps", "cpu", "p99")]
            lines.append(f"| {work.title if count == 1 else ''} | {count} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} | {middle(work.name, count, 'rps'):,.0f} |")
    return "\n".join(lines) + "\n"


def main():
    given = arguments()
    for program in ("wrk", "redis-server"):
        if not shutil.which(program):
            raise SystemExit(f"{program} is missing (Debian: apt-get install wrk redis-server nginx postgresql).")
    with tempfile.TemporaryDirectory(prefix="carafe-replicas-") as folder:
        try:
            found = measure(given, Path(folder))
        finally:
            Running.stop_all()
    given.output.write_text(table(given, found))
    print(given.output.read_text())
    return 0
