"""python3 -m harness.picture results/sqlite.json > ../docs/images/benchmark.svg: the picture of README, four workloads and four servers of a run."""

import json
import sys
from html import escape
from statistics import median

SERVERS = {
    "myapi": ("MyApi on Carafe", "#0b7285"), "aspnet-plain": ("ASP.NET Core + EF Core", "#7048e8"), "fastify": ("Fastify", "#2f9e44"),
    "flask": ("Flask", "#e8590c"),
}
TASKS = {"user": "One user by id", "posts": "A page of posts", "me": "Who am I, with a token", "create": "Write a post"}
LEFT, BAR, STEP, HEAD, WIDTH = 180, 360, 20, 64, 640
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#212529}.t{font-weight:600;font-size:16px}.h{font-weight:600}.n{fill:#495057}"
    "@media(prefers-color-scheme:dark){.bg{fill:#16191d}text{fill:#e9ecef}.n{fill:#adb5bd}}"
)


def draw(data):
    group = len(SERVERS) * STEP + 34
    height = HEAD + len(TASKS) * group + 8
    title = "Requests per second"
    label = f"{title}: SQLite, {data['posts']:,} posts, commit {data['commit']}, one CPU for each server; longer is better"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    yield f"<style>{STYLE}</style>"
    yield f'<rect class="bg" width="{WIDTH}" height="{height}" rx="8" fill="#fff"/>'
    yield f'<text class="t" x="20" y="28">{title}</text>'
    yield f'<text class="n" x="20" y="48">{escape(label.removeprefix(title + ": "))}</text>'
    for place, (task, text) in enumerate(TASKS.items()):
        top = HEAD + place * group
        found = {name: median(sample["rps"] for sample in data["samples"][task][name]) for name in SERVERS}
        yield f'<text class="h" x="20" y="{top + 14}">{escape(text)}</text>'
        for line, (name, (shown, colour)) in enumerate(SERVERS.items()):
            y, length = top + 22 + line * STEP, max(found[name] / max(found.values()) * BAR, 1)
            yield f'<text class="n" x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(shown)}</text>'
            yield f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{STEP - 6}" rx="3" fill="{colour}"/>'
            yield f'<text class="n" x="{LEFT + length + 6:.1f}" y="{y + 12}">{found[name]:,.0f}</text>'
    yield "</svg>"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print("\n".join(draw(json.load(file))))
