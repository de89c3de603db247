"""The report as one HTML page that needs nothing from anywhere."""

from html import escape

from bot.evaluating.comparing import Comparison
from bot.evaluating.report import Table, tables, title_lines
from bot.evaluating.running import Run

STYLE = """
:root { color-scheme: light dark; --ink: #1c2128; --soft: #667080; --line: #d8dde3; --paper: #fff; --bar: #2f6fb0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ec; --soft: #98a2ae; --line: #343b44; --paper: #14181d; --bar: #6aa7e4; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 78rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p { margin: .2rem 0; color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
.bar { display: block; width: 8rem; height: .6rem; margin-top: .4rem; background: var(--line); }
.bar span { display: block; height: 100%; background: var(--bar); }
"""


def page(run: Run, comparison: Comparison | None) -> str:
    parts = [f"<p>{escape(line)}</p>" for line in title_lines(run)]
    parts += [_section(table) for table in tables(run, comparison)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    body = "\n".join(["<h1>Evaluation</h1>", *parts])
    title = "<title>ccare evaluation</title>"
    return f'<!doctype html>\n<html lang="en">\n<head>{head}{title}</head>\n<body>\n{body}\n</body>\n</html>\n'


def _section(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in (*table.head, *([""] if table.shares else [])))
    rows = "\n".join(_row(table, at) for at in range(len(table.rows)))
    return (
        f'<h2>{escape(table.title)}</h2>\n<div class="wide"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(table: Table, at: int) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in table.rows[at])
    return f"<tr>{cells}{_bar(table.shares[at]) if table.shares else ''}</tr>"


def _bar(share: float) -> str:
    return f'<td><span class="bar"><span style="width:{100 * share:.1f}%"></span></span></td>'
