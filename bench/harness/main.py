"""The command line, and the order of things: prepare, start, check, then warm up and measure workload by workload in rounds that take turns."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from . import check, machine, postgres, report, seed, servers, workloads
from .load import FOREIGN, Loader
from .prepare import Preparer
from .running import Running


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures MyApi beside its peers on the same work.")
    parser.add_argument("--quick", action="store_true", help="a smoke run of about two minutes: few workloads, one short round")
    parser.add_argument("--servers", help="comma-separated; default all that can be had: " + ", ".join(s.name for s in servers.SERVERS))
    parser.add_argument("--workloads", help="comma-separated, or 'all'; default: " + ", ".join(workloads.BASIC) + "; also: " + ", ".join(w.name for w in workloads.WORKLOADS if w.name not in workloads.BASIC))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--posts", type=int, default=50_000, help="rows in the table of posts (default 50000; also worth a look: 1000000)")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=FOLDER[,SETTING=VALUE]",
                        help="another published MyApi to measure beside this one, such as an earlier commit's, or the same with SQLITE_FAST=false")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each round (default 4)")
    parser.add_argument("--warmup", type=int, default=12, help="seconds at most for each server and workload (default 12)")
    parser.add_argument("--server-core", default="0")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--check", action="store_true", help="only check the answers")
    parser.add_argument("--no-build", action="store_true", help="measure what was published before")
    parser.add_argument("--install", action="store_true", help="install wrk and what the peers need (apt, npm), then go on")
    parser.add_argument("--output", type=Path, default=servers.BENCH / "results", help="folder of the report (default bench/results)")
    parser.add_argument("--name", help="file name of the report, without extension (default: sqlite, postgres, ...)")
    parser.add_argument("--report", type=Path, metavar="JSON", help="only write the report of an earlier run again")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.seconds, given.warmup = 1, 2, 3
        given.workloads = given.workloads or ",".join(workloads.QUICK)
    return given


def say(text, passing=False):
    """Prints a line; one that is passing is overwritten by the next, and not printed where nobody watches."""
    if sys.stdout.isatty():
        print(f"\033[K{text}", end="\r" if passing else "\n", flush=True)
    elif not passing:
        print(text, flush=True)


def pick(given, known, default, kind):
    names = [item.name for item in known] if given == "all" else given.split(",") if given else default
    unknown = [name for name in names if name not in {item.name for item in known}]
    if unknown:
        raise SystemExit(f"No such {kind}: {', '.join(unknown)}. There are: {', '.join(item.name for item in known)}.")
    return [item for item in known if item.name in names]


def available(given):
    """The servers that can be had, and those that cannot, each with its reason."""
    chosen, left_out = [], {}
    wanted = pick(given.servers, servers.SERVERS, [s.name for s in servers.SERVERS], "server")
    for server in wanted + [servers.also(*text.split("=", 1)) for text in given.also]:
        if given.database == "postgres" and not server.postgres:
            if given.servers:
                left_out[server.name] = "has no PostgreSQL set-up here"
            continue
        reason = server.missing()
        if reason:
            left_out[server.name] = reason
        else:
            chosen.append(server)
    return chosen, left_out


def measure(given, loader, running, plans, cluster, tasks, results):
    others = [cluster] if cluster else []
    everyone = running
    for number, task in enumerate(tasks, 1):
        running = [one for one in everyone if not one.server.only or task.name in one.server.only]
        say(f"[{number}/{len(tasks)}] {task.title}")
        files = {}
        for one in running:
            files[one] = loader.folder / f"{one.server.name}-{task.name}.plan"
            files[one].write_text("\n".join(task.plan(plans[one])) + "\n")
            say(f"  warming up {one.server.name}", passing=True)
            loader.warm(one, task, files[one], min(3, given.warmup) if task.slow or not one.server.is_dotnet else given.warmup)
        for turn in range(given.rounds):
            for one in running[turn % len(running):] + running[:turn % len(running)]:
                found = loader.measure(one, task, files[one], given.seconds, others)
                if found["foreign"] > FOREIGN and not given.quick:
                    found = min(found, loader.measure(one, task, files[one], given.seconds, others), key=lambda sample: sample["foreign"])
                results.setdefault(task.name, {}).setdefault(one.server.name, []).append(found)
                noise = f"  (other load: {found['foreign']:.0%} of a CPU)" if found["foreign"] > FOREIGN else ""
                faults = f"  {found['refused']} REFUSED, {found['broken']} BROKEN" if found["refused"] + found["broken"] else ""
                say(f"  round {turn + 1}  {one.server.name:<14} {found['rps']:>10,.1f}/s  p50 {found['p50'] / 1000:>8.2f} ms  p99 {found['p99'] / 1000:>8.2f} ms{noise}{faults}")


def main():
    given = arguments()
    if given.report:
        report.write(report.load(given.report), given.report.with_suffix(""))
        return 0
    if given.install:
        servers.install()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing (Debian: apt-get install wrk, or bench/run --install).")
    if given.database == "postgres" and postgres.missing():
        raise SystemExit(postgres.missing())
    chosen, left_out = available(given)
    tasks = pick(given.workloads, workloads.WORKLOADS, workloads.BASIC, "workload")
    for name, reason in left_out.items():
        say(f"Left out: {name}: {reason}")
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="carafe-bench-") as folder:
        folder = Path(folder)
        preparer = Preparer(given, folder, say)
        running, clients = [], {}
        try:
            for server in chosen:
                try:
                    one = preparer.start(server)
                    clients[one] = check.all_right(one, given.posts)
                    running.append(one)
                    say(f"{server.name}: first answer after {one.startup:.2f} s, {machine.memory(one.processes()):.0f} MiB, answers are right")
                except (check.Wrong, SystemExit) as fault:
                    left_out[server.name] = str(fault).splitlines()[0]
                    say(f"LEFT OUT: {server.name}: {fault}")
            if given.check:
                return 1 if left_out else 0
            plans = {one: workloads.Plans(clients[one], given.posts) for one in running}
            results = {}
            measure(given, Loader(folder, given.server_core, given.load_core), running, plans, preparer.cluster, tasks, results)
            data = report.gather(given, running, tasks, results, left_out, time.time() - began)
        finally:
            Running.stop_all()
            preparer.stop()
    given.output.mkdir(parents=True, exist_ok=True)
    name = given.name or ("quick" if given.quick else given.database + (f"-{given.posts}" if given.posts != 50_000 else ""))
    report.write(data, given.output / name)
    say(f"Written: {given.output / name}.md, .svg, .json")
    return 0
