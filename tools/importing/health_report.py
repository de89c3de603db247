"""The health check in words, for a terminal: what is there, what it allows, what is wrong and what to do."""

from collections.abc import Iterable, Iterator

from tools.catalog import load_catalog
from tools.importing.health import Health
from tools.importing.problems import TableHealth
from tools.importing.report import Reason
from tools.importing.unlocks import Filled

REASONS = 3


def report_lines(health: Health) -> list[str]:
    """The tables with their days, rejects, what can be told, each problem; `Nothing is wrong.` where there is none."""
    lines = [line for table in health.tables for line in _table(health, table)]
    if health.missing:
        lines.append(f"Not connected: {', '.join(health.missing)}.")
    if health.as_of:
        lines.append(f"The data speak of {health.as_of}.")
    lines += _allowed(health)
    lines += [f"{'ERROR' if p.severity == 'error' else 'Look'}: {p.sentence}" for p in health.problems]
    return lines if health.problems else [*lines, "Nothing is wrong."]


def _table(health: Health, table: TableHealth) -> Iterator[str]:
    yield f"{table.table}: {table.rows:,} rows{_extent(table)}"
    bar = health.bars.get(table.table)
    if bar is not None:
        each = "a day" if bar.days == 1 else f"{bar.days} days"
        legend = f"a block is {each}, a full one {bar.merchants:,} merchants"
        yield f"  {table.first_day} {bar.text} {table.newest_day}  ({legend})"
    reasons = health.rejects.get(table.table, ())
    yield from (f"  {reason.count:,} x {reason.reason}{_example(reason)}" for reason in reasons[:REASONS])
    if len(reasons) > REASONS:
        yield f"  and {len(reasons) - REASONS} more reasons in rejects/{table.table}.parquet"


def _extent(table: TableHealth) -> str:
    merchants = f", {table.merchants:,} merchants" if table.merchants is not None else ""
    days = f", {table.days} days from {table.first_day} to {table.newest_day}" if table.first_day else ""
    share = table.rejected / (table.rows + table.rejected) if table.rejected else 0.0
    percent = f"{share:.2%}" if share >= 0.0001 else "under 0.01%"
    rejected = f"; {table.rejected:,} rejected ({percent})" if table.rejected else ""
    return merchants + days + rejected


def _example(reason: Reason) -> str:
    if not reason.samples:
        return ""
    first = reason.samples[0]
    where = f"{first.file} line {first.line}: " if first.line is not None else ""
    return f", e.g. {where}{first.row[:120]}"


def _allowed(health: Health) -> Iterator[str]:
    """Which metrics can be told, and what would add more."""
    everything = len(load_catalog().metrics)
    if not health.metrics:
        yield f"None of the {everything} metrics can be told."
    elif len(health.metrics) < everything:
        yield f"{len(health.metrics)} of {everything} metrics can be told: {_names(health.metrics)}."
    else:
        yield f"All {everything} metrics can be told."
    for one in health.filled:
        yield f"{_filled(one)}."
    if health.totals_only is not None:
        yield from _totals(health)
    for unlock in health.unlocks:
        if unlock.metrics and not (health.totals_only and unlock.table == "activity"):
            yield f"{unlock.table} would add {_names(unlock.metrics)}{f'; {unlock.use}' if unlock.use else ''}."
    yield from (f"{u.table} would add no metric, but {u.use}." for u in health.unlocks if not u.metrics and u.use)


def _filled(one: Filled) -> str:
    told = f"{one.table}: the source has no {', '.join(one.columns)}; nothing was measured there"
    return f"{told}, so not told: {_names(one.metrics)}" if one.metrics else told


def _totals(health: Health) -> Iterator[str]:
    totals = health.totals_only
    if totals is None:
        return
    yield "These are totals a day, without users: what counts different users over several days cannot be made of them."
    for one in totals.columns:
        yield f"daily.{', daily.'.join(one.columns)} would add {_names(one.metrics)}."
    if totals.with_users:
        yield f"Rows by user (activity) would add {_names(totals.with_users)}."


def _names(metrics: Iterable[str]) -> str:
    catalog = load_catalog()
    return ", ".join(catalog.name(m, "en") for m in metrics)
