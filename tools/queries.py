"""What a platform is asked for every as-of date: compiled once, run for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis
import numpy as np
import pyarrow as pa

from tools import fold, sums
from tools.asof import STALE_AFTER, WINDOW
from tools.assets import ASSETS, asset_values
from tools.base import by_number
from tools.benchmarks import Point
from tools.catalog import Catalog
from tools.curves import Floats
from tools.engine import AS_OF, Platform, Statement
from tools.metrics import PARTS, column, not_connected, sizes, sources, values, with_feeds
from tools.scoring import SCORED

OFFICIAL_DAYS = 31  # an official score speaks until the next is due
SUMS = "day_sums"
ASSET_ROWS = pa.schema([("no", pa.int32()), ("metric", pa.string()), ("value", pa.float64()), ("state", pa.string())])


@dataclass(eq=False)
class Queries:
    """A prepared platform. Every method looks at one date; `sum_up` it first."""

    platform: Platform
    catalog: Catalog
    industries: list[str]  # of each merchant, by number
    sources: dict[str, str]  # the tables behind each metric that is connected
    first_day: date | None  # of anybody's data
    newest_day: date | None
    first_sizes: date | None  # the first day at which anybody's size is known
    tables: dict[str, ibis.Table]  # as of tools/fold.py, and SUMS
    summed: ibis.Table  # what SUMS is filled with

    ready_for_many: bool = False
    _compiled: dict[str, Statement] = field(default_factory=dict)

    def expect(self, dates: int) -> None:
        """Get ready for so many dates: for many, what they share is worked out first. Without it, few are expected."""
        if dates > fold.FEW and not self.ready_for_many:
            self._take(fold.for_many(self.platform, self.tables, self.catalog.user_assets))
            self.ready_for_many = True

    def rows(self) -> ibis.Table:
        """Activity as one row a user and day, users by number; made when it is first asked for."""
        if "rows" not in self.tables:
            self._take(fold.with_rows(self.platform, self.tables))
        return self.tables["rows"]

    def _take(self, tables: fold.Tables) -> None:
        self.tables, self.summed = tables, _summed(tables, self.catalog)
        self._compiled.clear()

    def _sql(self, name: str) -> Statement:
        """Compiled when a date first asks for it: all together take a third of a second, and no job asks for all."""
        if name not in self._compiled:
            self._compiled[name] = self.platform.sql(_ASKED[name](self))
        return self._compiled[name]

    def sum_up(self, on: date) -> None:
        """Compute every merchant's sums at `on`; what follows speaks of them."""
        self.platform.set_as_of(on)
        self.platform.fill(SUMS, self._sql("sums"))

    def values(self) -> dict[str, pa.Table]:
        """For each metric: no, value, numerator, denominator, n, state, by number, every merchant in it."""
        table = _by_number(self.platform.arrow(self._sql("values")))
        names, nothing = ("no", *PARTS), not_connected(table["no"])
        return {
            metric.id: table.select(["no", *(column(metric, part) for part in PARTS)]).rename_columns(names)
            if metric.id in self.sources
            else nothing
            for metric in self.catalog.metrics
        }

    def sizes(self) -> Floats:
        """Each merchant's size, NaN where it is not known."""
        return self._sizes("sizes")

    def sizes_at(self, on: date) -> Floats:
        """The same of any date, without its other sums: whatever was summed up has to be summed up again."""
        self.platform.set_as_of(on)
        return self._sizes("sizes_alone")

    def _sizes(self, statement: str) -> Floats:
        found = self.platform.arrow(self._sql(statement))
        result = np.full(len(self.industries), np.nan)
        result[found["no"].to_numpy()] = found["size"].to_numpy()
        return result

    def assets(self) -> pa.Table:
        """no, metric, value, state of the user assets; no rows where users are unknown."""
        if not self.platform.users_known:
            return ASSET_ROWS.empty_table()
        wide = self.platform.arrow(self._sql("assets"))
        return pa.concat_tables(
            pa.table(
                {
                    "no": wide["no"],
                    "metric": pa.repeat(name, wide.num_rows),
                    "value": wide[name.partition(".")[2]].cast(pa.float64()),
                    "state": pa.repeat("ok", wide.num_rows),
                },
                schema=ASSET_ROWS,
            )
            for name in ASSETS
        )

    def benchmarks(self) -> tuple[Point, ...]:
        """Points of published curves; none where the operator sent no such table."""
        if not self.platform.has("benchmarks"):
            return ()
        found = self.platform.arrow(self.platform.tables["benchmarks"]).to_pylist()
        return tuple(Point(**{name: row[name] for name in Point._fields}) for row in found)

    def official(self) -> Floats:
        """Merchants x SCORED of the operator's own scores in force, NaN where there is none."""
        result = np.full((len(self.industries), len(SCORED)), np.nan)
        if "scores" in self.tables:
            for row in self.platform.arrow(self._sql("official")).to_pylist():
                result[row["no"], SCORED.index(row["dimension"])] = row["value"]
        return result


def prepare(platform: Platform, catalog: Catalog) -> Queries:
    """Fold the platform into what all dates share (temporary tables)."""
    tables = fold.fold(platform)
    summed = _summed(tables, catalog)
    people = platform.tables["merchants"].order_by("merchant_id")  # as they are numbered
    first, newest, first_sizes = platform.arrow(_span(tables["feeds"])).to_pylist()[0].values()
    return Queries(
        platform=platform,
        catalog=catalog,
        industries=platform.arrow(people.select("industry"))["industry"].to_pylist(),
        sources=sources(platform, catalog),
        first_day=first,
        newest_day=newest,
        first_sizes=first_sizes,
        tables=tables | {SUMS: ibis.table(summed.schema(), name=SUMS)},
        summed=summed,
    )


def _summed(tables: fold.Tables, catalog: Catalog) -> ibis.Table:
    return with_feeds(sums.merchant_sums(tables["feeds"], fold.parts(tables, catalog.user_assets), AS_OF))


def _values(queries: Queries) -> ibis.Table:
    totals = frozenset(metric for metric, tables in queries.sources.items() if tables == "daily")
    return values(queries.tables[SUMS], queries.catalog, frozenset(queries.sources), totals)


def _sizes(queries: Queries, summed: ibis.Table) -> ibis.Table:
    return sizes(summed, queries.catalog, users_known=queries.platform.users_known)


_ASKED: Mapping[str, Callable[[Queries], ibis.Table]] = {
    "sums": lambda q: q.summed.order_by("no"),  # narrow here, and then whatever is made of it comes in order
    "values": _values,
    "sizes": lambda q: _sizes(q, q.tables[SUMS]),
    "sizes_alone": lambda q: _sizes(q, q.summed),  # an engine leaves out what nobody reads
    "assets": lambda q: asset_values(q.tables[SUMS]).order_by("no"),
    "official": lambda q: _official(by_number(q.tables["scores"], q.tables["numbers"])),
}


def _by_number(table: pa.Table) -> pa.Table:
    """Rows in the order of `no`, in which engines read what was stored so; one that does not is put right here."""
    numbers = table["no"].to_numpy()
    return table if (numbers[1:] > numbers[:-1]).all() else table.take(pa.array(np.argsort(numbers)))


def _official(scores: ibis.Table) -> ibis.Table:
    current = scores.filter((scores.day <= AS_OF) & (scores.day >= sums.ago(AS_OF, OFFICIAL_DAYS - 1)))
    return current.group_by(["no", "dimension"]).agg(value=current.value.argmax(current.day))


def _span(feeds: ibis.Table) -> ibis.Table:
    ready = (feeds.first_day + ibis.interval(days=WINDOW - 1)).cast("date")
    speaks = (ready.delta(feeds.newest_day, unit="day") <= STALE_AFTER) & (feeds.complete | (feeds.newest_day != ready))
    return feeds.agg(first=feeds.first_day.min(), newest=feeds.newest_day.max(), sizes=ready.min(where=speaks))
