"""bench/paging: the cost of a page by cursor against the size of the table and the depth."""

import argparse
import shutil
import statistics
import tempfile
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from . import check, servers, workloads
from .load import FOREIGN, Loader
from .prepare import Preparer
from .running import Running

MOST = 1.5
SMALL, LARGE = 10_000, 1_000_000


@dataclass(frozen=True)
class Case:
    posts: int
    depth: int
    name: str = "paging"
    connections: int = 32

    @property
    def title(self):
        return f"{self.posts:,} posts, " + (f"depth {self.depth:,}" if self.depth else "first page")


CASES = [Case(SMALL, 0), Case(SMALL, 5_000), Case(LARGE, 0), Case(LARGE, 50_000)]


def arguments():
    parser = argparse.ArgumentParser(prog="bench/paging", description=f"Fails when a page by cursor costs more than {MOST} times the first page of {SMALL:,} rows.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each round (default 4)")
    parser.add_argument("--no-build", action="store_true", help="measure what was published before")
    given = parser.parse_args()
    given.database, given.server_core, given.load_core = "sqlite", "0", "1"
    return given


def start(given, folder, posts):
    given = copy(given)
    given.posts, given.no_build = posts, given.no_build or posts != SMALL
    home = folder / str(posts)
    home.mkdir()
    server = next(server for server in servers.SERVERS if server.name == "myapi")
    return Preparer(given, home, lambda text, passing=False: None).start(server)


def main():
    given = arguments()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing (Debian: apt-get install wrk, or bench/run --install).")
    with tempfile.TemporaryDirectory(prefix="carafe-paging-") as folder:
        folder = Path(folder)
        try:
            running = {posts: start(given, folder, posts) for posts in (SMALL, LARGE)}
            loader, plans, found = Loader(folder, given.server_core, given.load_core), {}, {case: [] for case in CASES}
            for case in CASES:
                cursor = workloads.cursor_at(check.Client(running[case.posts]), case.depth)
                plans[case] = folder / f"{case.posts}-{case.depth}.plan"
                plans[case].write_text(workloads.get(f"/posts?after={check.quoted(cursor)}") + "\n")
                loader.warm(running[case.posts], case, plans[case], 12)
            for _ in range(given.rounds):
                for case in CASES:
                    found[case].append(loader.measure(running[case.posts], case, plans[case], given.seconds))
        finally:
            Running.stop_all()
    return report(found)


def report(found):
    middle = {case: {name: statistics.median(sample[name] for sample in samples) for name in ("cpu", "p50")} for case, samples in found.items()}
    base, worst = middle[CASES[0]], 0.0
    print(f"{'':32} {'CPU/request':>12} {'ratio':>6} {'p50':>10} {'ratio':>6}")
    for case in CASES:
        ratios = {name: middle[case][name] / base[name] for name in ("cpu", "p50")}
        worst = max(worst, *ratios.values())
        print(f"{case.title:32} {middle[case]['cpu']:>9.1f} us {ratios['cpu']:>6.2f} {middle[case]['p50'] / 1000:>7.2f} ms {ratios['p50']:>6.2f}")
    faults = sum(sample["refused"] + sample["broken"] for samples in found.values() for sample in samples)
    busiest = max(sample["foreign"] for samples in found.values() for sample in samples)
    if busiest > FOREIGN:
        print(f"Other processes used up to {busiest:.0%} of a CPU: run it again on a quiet machine.")
    if faults or worst > MOST:
        print(f"FAILED: {faults} requests failed, and the highest ratio is {worst:.2f}, of at most {MOST}.")
        return 1
    return 0
