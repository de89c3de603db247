"""A run as tables: the same for the terminal, report.md and report.html."""

from dataclasses import dataclass

from bot.evaluating.comparing import Comparison
from bot.evaluating.running import Row, Run
from bot.evaluating.totals import MEASURES, Total

KINDS = ("intent", "language", "expected", "asked in", "asker", "tag")
COLUMNS = ("ending", "step", "slot", "follow_up", "fact", "language", "right")
LONGEST = 110  # characters of a question in the list of misses


@dataclass(frozen=True)
class Table:
    """A title, a head and rows of cells; `bar` is the column that holds shares worth a bar, if any."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()  # one a row, for a bar


def tables(run: Run, comparison: Comparison | None) -> list[Table]:
    """Everything that a run may show: for a sealed one sums only, for it has no rows."""
    found = [overall(run), *(by_group(run, kind) for kind in KINDS), detail(run, "slot"), detail(run, "fact")]
    found.append(latency(run))
    if run.repeated is not None:
        found.append(passes(run))
    if comparison is not None:
        found.append(changes(comparison))
    if run.rows:
        found += [misses(run), breaches(run)]
    return [table for table in found if table.rows]


def title_lines(run: Run) -> list[str]:
    """What was run, on what, when."""
    versions = ", ".join(f"{name} {value}" for name, value in run.versions.items())
    return [
        f"{run.n} turns of {', '.join(run.files)}, brain {run.brain}, commit {run.commit}, {run.date:%Y-%m-%d %H:%M}.",
        f"`{run.command}`",
        f"Versions: {versions}.",
        "Shares are in percent; behind them the 95 % interval (Wilson) and how many were counted.",
    ]


def overall(run: Run) -> Table:
    mine = [t for t in run.totals if t.kind == "all"]
    rows = tuple((t.measure, MEASURES[t.measure], percent(t.share), interval(t), f"{t.right}/{t.n}") for t in mine)
    return Table("All", ("measure", "what is counted", "share", "95 %", "right/n"), rows, tuple(t.share for t in mine))


def by_group(run: Run, kind: str) -> Table:
    held = {(t.group, t.measure): t for t in run.totals if t.kind == kind}
    names = list(dict.fromkeys(group for group, _ in held))
    rows = tuple((name, *(_cell(held.get((name, column))) for column in COLUMNS)) for name in names)
    return Table(f"By {kind}", (kind, *COLUMNS), rows, tuple(held[name, "right"].share for name in names))


def detail(run: Run, kind: str) -> Table:
    mine = [t for t in run.totals if t.kind == kind]
    rows = tuple((t.group, percent(t.share), interval(t), f"{t.right}/{t.n}") for t in mine)
    return Table(f"By {kind}", (kind, "share", "95 %", "right/n"), rows, tuple(t.share for t in mine))


def latency(run: Run) -> Table:
    rows = tuple((each.group, str(each.n), f"{each.p50:.0f}", f"{each.p95:.0f}") for each in run.latency)
    return Table("Latency in milliseconds, by the first intent", ("intent", "n", "p50", "p95"), rows)


def passes(run: Run) -> Table:
    found = run.repeated
    assert found is not None
    share = found.right / found.n
    row = (f"right in all of {found.passes}", percent(share), f"{found.right}/{found.n}")
    return Table(f"pass^{found.passes}", ("", "share", "right/n"), (row,))


def changes(comparison: Comparison) -> Table:
    rows = tuple(
        (
            c.measure, percent(c.before), percent(c.after), f"{100 * (c.after - c.before):+.1f}",
            " ".join(c.better) or "-", " ".join(c.worse) or "-", "-" if c.p is None else f"{c.p:.3f}",
        )
        for c in comparison.changes
    )  # fmt: skip
    of = f"{comparison.shared} turns in both" if comparison.shared else "shares only"
    head = ("measure", "before", "after", "change", "better", "worse", "McNemar p")
    return Table(f"Against {comparison.commit} ({of})", head, rows)


def misses(run: Run) -> Table:
    wrong = [row for row in run.rows if not row.marks.right]
    rows = tuple((row.id, _short(row.question), ", ".join(faults(row)), _steps(row.wanted), _got(row)) for row in wrong)
    return Table(f"Misses ({len(wrong)})", ("id", "question", "wrong", "wanted", "got"), rows)


def breaches(run: Run) -> Table:
    """Figures that stand in a text and differ from the data: there should be none."""
    rows = tuple((row.id, name) for row in run.rows for name in row.marks.untrue)
    return Table("Figures that differ from the data", ("id", "measure"), rows)


def faults(row: Row) -> list[str]:
    """What is wrong about one answer, in a few words each."""
    marks = row.marks
    found = [] if marks.ending else ["ending"]
    found += [] if marks.language else ["language"]
    found += [f"intent {step.intent}" for step in marks.steps if not step.right]
    found += [f"slot {slot}" for step in marks.steps for slot, right in step.slots.items() if not right]
    found += ["a step too many"] if marks.surplus else []
    found += [f"untrue {name}" for name in marks.untrue]
    return found + [f"fact {fact.kind} {fact.name.split()[0]} ({fact.why})" for fact in marks.facts if not fact.right]


def markdown(run: Run, comparison: Comparison | None) -> str:
    lines = ["# Evaluation", "", *title_lines(run)]
    for table in tables(run, comparison):
        lines += ["", f"## {table.title}", "", _line(table.head), "|" + "---|" * len(table.head)]
        lines += [_line(row) for row in table.rows]
    return "\n".join(lines) + "\n"


def summary(run: Run) -> str:
    """What the terminal shows: all, and by language."""
    lines = []
    for table in (overall(run), by_group(run, "language")):
        lines += ["", *aligned((table.head, *table.rows))]
    if run.repeated is not None:
        lines += ["", *aligned(passes(run).rows)]
    return "\n".join([title_lines(run)[0], *lines])


def aligned(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def interval(total: Total) -> str:
    return f"{percent(total.low)} to {percent(total.high)}"


def _cell(total: Total | None) -> str:
    return "-" if total is None else f"{percent(total.share)} ({interval(total)}; {total.n})"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _steps(steps: tuple[dict[str, object], ...]) -> str:
    return "; ".join(" ".join([str(s["intent"]), *_slots(s.get("slots"))]) for s in steps) or "-"


def _slots(slots: object) -> list[str]:
    return [f"{name}={_value(value)}" for name, value in slots.items()] if isinstance(slots, dict) else []


def _value(value: object) -> str:
    return "..".join(str(v) for v in value.values()) if isinstance(value, dict) else str(value)


def _got(row: Row) -> str:
    return f"{row.outcome}: {_steps(row.plan)}"
