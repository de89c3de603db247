"""What the data allow: which metrics can be computed now, what stands in the way of the others, what would add them."""

from collections.abc import Iterable

from tools.catalog import Catalog, Metric
from tools.metrics import FORMULAS
from tools.types import Frozen

# what a table is good for besides metrics
USES = {
    "activity": "user assets, segments, and everything else that needs users",
    "daily": "a platform of totals, where users are not to be had",
    "followers": "followers over time",
    "points": "balances, what expires when, the best exchange",
    "actions": "the effect of past actions, and what those who improved did",
    "rebates": "a provider's rebates by policy and month",
    "scores": "the operator's official scores, which then go before ccare's own",
    "feeds": "telling a half day from a bad one",
    "providers": "the service providers behind merchants",
    "managers": "account managers as readers",
    "assignments": "which manager may see which merchant",
    "authorisations": "which scopes a provider holds, and when they end",
    "benchmarks": "comparing a lone shop with a published curve",
}


class Unlock(Frozen):
    """A table that is not there, the metrics that it alone would add, and what else it is good for."""

    table: str
    metrics: tuple[str, ...]
    use: str = ""


class Filled(Frozen):
    """Columns that the source never had, filled by the schema's defaults, and the metrics that are silent for it."""

    table: str
    columns: tuple[str, ...]
    metrics: tuple[str, ...]


class TotalsOnly(Frozen):
    """A platform of day totals: what can be told, what a further column would add, what only users can."""

    metrics: tuple[str, ...]
    columns: tuple[Filled, ...]
    with_users: tuple[str, ...]


class Contents(Frozen):
    """What is there: tables, `absent` columns ("table.column"), and the columns of daily that hold any value."""

    tables: frozenset[str]
    absent: frozenset[str] = frozenset()
    daily: frozenset[str] = frozenset()

    @property
    def users_known(self) -> bool:
        return "activity" in self.tables


def computable(metric: Metric, there: Contents) -> bool:
    """Whether the metric has all that its formula reads, by the rule of tools/metrics.py."""
    formula = FORMULAS[metric.id]
    for tables in metric.tables:
        if tables == ("daily",):
            if "daily" in there.tables and not there.users_known and set(formula.daily) <= there.daily:
                return True
        elif set(tables) <= there.tables and there.absent.isdisjoint(formula.reads):
            return True
    return False


def available(catalog: Catalog, there: Contents) -> list[str]:
    """The metrics that can be computed, in catalog order."""
    return [m.id for m in catalog.metrics if computable(m, there)]


def unlocks(catalog: Catalog, there: Contents, missing: Iterable[str]) -> tuple[Unlock, ...]:
    """For each missing table what it would add, those that add metrics first."""
    now = set(available(catalog, there))
    found = []
    for table in missing:
        if table == "daily" and there.users_known:
            continue  # users say everything that totals say
        with_it = there.model_copy(update={"tables": there.tables | {table}})
        added = [m for m in available(catalog, with_it) if m not in now]
        found.append(Unlock(table=table, metrics=tuple(added), use=USES.get(table, "")))
    return tuple(sorted(found, key=lambda u: -len(u.metrics)))


def filled(catalog: Catalog, there: Contents) -> tuple[Filled, ...]:
    """Tables with columns that were filled by defaults, and what is not computed on their account."""
    found = []
    for table in sorted(there.tables):
        columns = tuple(sorted(c.split(".", 1)[1] for c in there.absent if c.startswith(f"{table}.")))
        whole = there.model_copy(update={"absent": frozenset(a for a in there.absent if not a.startswith(f"{table}."))})
        silent = tuple(m.id for m in catalog.metrics if computable(m, whole) and not computable(m, there))
        if columns:
            found.append(Filled(table=table, columns=columns, metrics=silent))
    return tuple(found)


def totals_only(catalog: Catalog, there: Contents) -> TotalsOnly | None:
    """What day totals allow; None where users are known, or nothing is."""
    if there.users_known or "daily" not in there.tables:
        return None
    now = available(catalog, there)
    lacking: dict[tuple[str, ...], list[str]] = {}
    for metric in catalog.metrics:
        needs = tuple(c for c in FORMULAS[metric.id].daily if c not in there.daily)
        if needs and ("daily",) in metric.tables:
            lacking.setdefault(needs, []).append(metric.id)
    everything = Contents(tables=there.tables | {"activity"})
    users = [m.id for m in catalog.metrics if computable(m, everything) and ("daily",) not in m.tables]
    return TotalsOnly(
        metrics=tuple(now),
        columns=tuple(Filled(table="daily", columns=c, metrics=tuple(m)) for c, m in lacking.items()),
        with_users=tuple(m for m in users if m not in now),
    )
