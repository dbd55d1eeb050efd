"""The chart of a run: a panel for each workload, a bar for each server, as a multiple of the first one."""

from html import escape

COLOURS = {"myapi": "#0b7285", "floor": "#868e96", "kit": "#15aabf", "bare": "#adb5bd", "aspnet-plain": "#7048e8", "fastendpoints": "#ae3ec9", "fastify": "#2f9e44", "flask": "#e8590c", "fastapi": "#e03131"}
PANEL, NAME, BAR, STEP, COLUMNS = 430, 100, 220, 19, 2
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#212529}.h{font-weight:600;font-size:13px}.t{font-weight:600;font-size:16px}.n{fill:#495057}"
    "@media(prefers-color-scheme:dark){.bg{fill:#16191d}text{fill:#e9ecef}.n{fill:#adb5bd}}"
)


def draw(data, medians):
    names = list(data["servers"])
    tasks = list(data["tasks"].items())
    height = len(names) * STEP + 44
    rows = -(-len(tasks) // COLUMNS)
    width, total = PANEL * COLUMNS + 20, rows * height + 60
    title = f"Requests per second: {'SQLite' if data['database'] == 'sqlite' else 'PostgreSQL'}, {data['posts']:,} posts"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" viewBox="0 0 {width} {total}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>", f'<rect class="bg" width="{width}" height="{total}" fill="#fff"/>',
        f'<text class="t" x="20" y="30">{escape(title)} (longer is better; × {names[0]})</text>',
    ]
    for place, (task, text) in enumerate(tasks):
        left, top = 20 + place % COLUMNS * PANEL, 60 + place // COLUMNS * height
        parts += panel(names, medians[task], text, left, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def panel(names, found, text, left, top):
    most = max(sample["rps"] for sample in found.values())
    first = found[names[0]]["rps"]
    yield f'<text class="h" x="{left}" y="{top + 8}">{escape(text)}</text>'
    for line, name in enumerate(names):
        if name not in found:
            continue
        y, rps = top + 18 + line * STEP, found[name]["rps"]
        length = max(rps / most * BAR, 1)
        label = f"{rps:,.0f}" if rps >= 100 else f"{rps:.1f}"
        yield f'<text class="n" x="{left + NAME - 6}" y="{y + 11}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect x="{left + NAME}" y="{y}" width="{length:.1f}" height="{STEP - 5}" rx="2" fill="{COLOURS.get(name, "#495057")}"/>'
        yield f'<text class="n" x="{left + NAME + length + 5:.1f}" y="{y + 11}">{label} ({rps / first:.2f}×)</text>'
