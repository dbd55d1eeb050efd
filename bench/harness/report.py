"""The report of a run: JSON with every sample, a Markdown table, a chart."""

import json
import subprocess
from datetime import datetime, timezone
from statistics import median

from . import chart, machine, servers
from .load import FOREIGN


def gather(given, running, tasks, results, left_out, seconds):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=servers.ROOT).stdout.strip()
    return {
        "when": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "commit": commit, "machine": machine.describe(), "versions": servers.versions(),
        "database": given.database, "posts": given.posts, "rounds": given.rounds, "seconds": given.seconds, "minutes": round(seconds / 60),
        "left_out": left_out,
        "servers": {one.server.name: {"what": one.server.what, "note": one.server.note, "startup": one.startup, "memory": one.peak} for one in running},
        "tasks": {task.name: task.title for task in tasks}, "samples": results,
    }


def load(path):
    return json.loads(path.read_text())


def summary(data):
    """Medians of the rounds, for each workload and server."""
    return {task: {name: {key: median(sample[key] for sample in samples) for key in ("rps", "p50", "p99", "cpu", "wrk")}
                   | {"faults": sum(sample["refused"] + sample["broken"] for sample in samples), "noisy": sum(sample["foreign"] > FOREIGN for sample in samples)}
                   for name, samples in found.items()} for task, found in data["samples"].items()}


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(data, medians, title, cell):
    names = list(data["servers"])
    lines = [f"## {title}", "", "| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for task, text in data["tasks"].items():
        found = medians[task]
        lines.append(f"| {text} | " + " | ".join(cell(found[name], found[names[0]]) if name in found else "–" for name in names) + " |")
    return [*lines, ""]


def rate(found, first):
    marks = ("†" if found["faults"] else "") + ("‡" if found["noisy"] else "")
    return f"{number(found['rps'])} ({found['rps'] / first['rps']:.2f}){marks}"


def markdown(data, name):
    medians, first = summary(data), next(iter(data["servers"]))
    rows = "SQLite, WAL, synchronous=FULL" if data["database"] == "sqlite" else "PostgreSQL as installed, on the core of the servers"
    lines = [
        f"# Measured: {rows}, {data['posts']:,} posts", "",
        f"{data['when']}, commit {data['commit']}, by `bench/run`, {data['minutes']} minutes. {data['machine']}. Server on one CPU, wrk on another; "
        f"{data['rounds']} rounds of {data['seconds']} s in which the servers take turns; 32 connections unless told; 10,000 users. Medians of the rounds.", "",
        *(f"- {version}" for version in data["versions"]), "", f"![Requests per second]({name}.svg)", "",
        *table(data, medians, f"Requests per second (as a multiple of {first})", rate),
    ]
    notes = []
    if any(found["faults"] for row in medians.values() for found in row.values()):
        notes.append("† some requests were refused or broken: the samples in the JSON file say how many.")
    if any(found["noisy"] for row in medians.values() for found in row.values()):
        notes.append(f"‡ other load on the machine took more than {FOREIGN:.0%} of a CPU in at least one round.")
    if any(found["wrk"] > 0.9 for row in medians.values() for found in row.values()):
        notes.append("wrk used more than 90% of its CPU in: " + ", ".join(f"{task} ({server})" for task, row in medians.items() for server, found in row.items() if found["wrk"] > 0.9)
                     + ". Those rates are at least what is shown; the CPU time for each request is the better figure.")
    lines += [line for note in notes for line in (note, "")]
    lines += table(data, medians, f"CPU of the server for each request, µs (as a multiple of {first})", lambda found, one: f"{number(found['cpu'])} ({found['cpu'] / max(one['cpu'], 1e-9):.2f})")
    lines += table(data, medians, f"Latency under that load, p50 / p99, ms (as multiples of {first})", lambda found, one:
                   f"{number(found['p50'] / 1000)} / {number(found['p99'] / 1000)} ({found['p50'] / max(one['p50'], 1e-9):.2f} / {found['p99'] / max(one['p99'], 1e-9):.2f})")
    of = data["servers"][first]
    lines += [f"## Start-up and memory (as a multiple of {first})", "", "| server | first answer after | resident memory, most seen under load | |", "|---|---:|---:|---|"]
    lines += [f"| {server} | {about['startup']:.2f} s ({about['startup'] / of['startup']:.2f}) | {about['memory']:.0f} MiB ({about['memory'] / of['memory']:.2f}) | {about['what']}{'; ' + about['note'] if about['note'] else ''} |" for server, about in data["servers"].items()]
    lines += ["", *(f"Left out: {server}: {reason}" for server, reason in data["left_out"].items())]
    return "\n".join(lines).rstrip() + "\n"


def write(data, path):
    path.with_suffix(".json").write_text(json.dumps(data, indent=1) + "\n")
    path.with_suffix(".md").write_text(markdown(data, path.name))
    path.with_suffix(".svg").write_text(chart.draw(data, summary(data)))
