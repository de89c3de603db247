"""What a platform is asked for every as-of date: compiled once, run for each."""

from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pyarrow as pa

from tools import base, sums
from tools.asof import STALE_AFTER, WINDOW
from tools.assets import ASSETS, asset_values
from tools.benchmarks import Point
from tools.catalog import Catalog, UserAssetRules
from tools.curves import Floats
from tools.engine import AS_OF, Platform, Statement
from tools.metrics import PARTS, column, sizes, source, values, with_feeds
from tools.scoring import SCORED

OFFICIAL_DAYS = 31  # an official score speaks until the next is due
SUMS = "day_sums"


@dataclass(frozen=True, eq=False)
class Queries:
    """A prepared platform. Every method looks at one date; `sum_up` it first."""

    platform: Platform
    catalog: Catalog
    industries: list[str]  # of each merchant, by number
    sources: dict[str, str]  # the tables behind each metric that is connected
    first_day: date | None  # of anybody's data
    newest_day: date | None
    first_sizes: date | None  # the first day at which anybody's size is known
    compiled: dict[str, Statement]
    tables: dict[str, ibis.Table]  # what is kept: numbers, feeds; rows, visits, orders; daily, coupons, ...; SUMS

    def sum_up(self, on: date) -> None:
        """Compute every merchant's sums at `on`; what follows speaks of them."""
        self.platform.set_as_of(on)
        self.platform.fill(SUMS, self.compiled["sums"])

    def values(self) -> dict[str, pa.Table]:
        """For each metric: no, value, numerator, denominator, n, state, by number, every merchant in it."""
        table = self.platform.arrow(self.compiled["values"])
        names = ("no", *PARTS)
        return {
            metric.id: table.select(["no", *(column(metric, part) for part in PARTS)]).rename_columns(names)
            for metric in self.catalog.metrics
        }

    def sizes(self) -> Floats:
        """Each merchant's size, NaN where it is not known."""
        found = self.platform.arrow(self.compiled["sizes"])
        result = np.full(len(self.industries), np.nan)
        result[found["no"].to_numpy()] = found["size"].to_numpy()
        return result

    def assets(self) -> pa.Table:
        """no, metric, value, state of the user assets; no rows where users are unknown."""
        wide = self.platform.arrow(self.compiled["assets"])
        return pa.concat_tables(
            pa.table(
                {
                    "no": wide["no"],
                    "metric": pa.repeat(name, wide.num_rows),
                    "value": wide[name.partition(".")[2]].cast(pa.float64()),
                    "state": pa.repeat("ok", wide.num_rows),
                }
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
        if "official" in self.compiled:
            for row in self.platform.arrow(self.compiled["official"]).to_pylist():
                result[row["no"], SCORED.index(row["dimension"])] = row["value"]
        return result


def prepare(platform: Platform, catalog: Catalog) -> Queries:
    """Fold the platform into what all dates share (temporary tables), and compile what each date asks."""
    tables = _fold(platform, catalog.user_assets)
    known = platform.users_known
    feeds = tables["feeds"]
    sources = {m.id: found for m in catalog.metrics if (found := source(platform, m))}
    summed = with_feeds(sums.merchant_sums(feeds, _parts(tables, catalog), AS_OF))
    day_sums = ibis.table(summed.schema(), name=SUMS)
    totals = frozenset(metric for metric, tables in sources.items() if tables == "daily")
    expressions = {
        "sums": summed,
        "values": values(day_sums, catalog, frozenset(sources), totals).order_by("no"),
        "sizes": sizes(day_sums, catalog, users_known=known),
        "assets": asset_values(day_sums if known else day_sums.limit(0)).order_by("no"),
    }
    if "scores" in tables:
        expressions["official"] = _official(tables["scores"])
    members = tables["numbers"].inner_join(platform.tables["merchants"], "merchant_id").order_by("no")
    first, newest, first_sizes = platform.arrow(_span(feeds)).to_pylist()[0].values()
    return Queries(
        platform=platform,
        catalog=catalog,
        industries=platform.arrow(members.select("industry"))["industry"].to_pylist(),
        sources=sources,
        first_day=first,
        newest_day=newest,
        first_sizes=first_sizes,
        compiled={name: platform.sql(expression) for name, expression in expressions.items()},
        tables=tables | {SUMS: day_sums},
    )


def _fold(platform: Platform, rules: UserAssetRules) -> dict[str, ibis.Table]:
    keep = platform.keep
    tables = {"numbers": keep("numbers", base.numbered(platform.tables["merchants"]))}
    if platform.users_known:
        days = keep("user_days", base.user_days(platform.tables["activity"], tables["numbers"]))
        rows = keep("user_rows", base.base(days, keep("known_users", base.users(days))))
        platform.drop("user_days")
        platform.drop("known_users")
        tables["rows"] = rows
        tables["visits"] = keep("user_visits", base.visits(rows, rules))
        tables["orders"] = keep("user_orders", base.orders(rows))
    for name in ("daily", "coupons", "promotion", "followers", "scores"):
        if platform.has(name):
            tables[name] = keep(f"{name}_by_no", base.by_number(platform.tables[name], tables["numbers"]))
    seen = tables["rows"] if platform.users_known else tables["daily"]
    tables["feeds"] = keep("feeds_by_no", base.feeds(tables["numbers"], seen, platform.tables.get("feeds")))
    return tables


def _parts(tables: dict[str, ibis.Table], catalog: Catalog) -> tuple[ibis.Table, ...]:
    parts: list[ibis.Table] = []
    if "rows" in tables:
        parts += sums.known_users(tables["visits"], AS_OF)
        parts.append(sums.comings(tables["visits"], AS_OF, catalog.user_assets))
        parts.append(sums.buyers(tables["orders"], AS_OF))
        parts.append(sums.doings(tables["rows"], AS_OF))
        parts.append(sums.money(tables["rows"], AS_OF))
    else:
        parts.append(sums.daily_sums(tables["daily"], AS_OF))
    others = {"coupons": sums.coupon_sums, "promotion": sums.promotion_sums, "followers": sums.follower_sums}
    return (*parts, *(summed(tables[name], AS_OF) for name, summed in others.items() if name in tables))


def _official(scores: ibis.Table) -> ibis.Table:
    current = scores.filter((scores.day <= AS_OF) & (scores.day >= sums.ago(AS_OF, OFFICIAL_DAYS - 1)))
    return current.group_by(["no", "dimension"]).agg(value=current.value.argmax(current.day))


def _span(feeds: ibis.Table) -> ibis.Table:
    ready = (feeds.first_day + ibis.interval(days=WINDOW - 1)).cast("date")
    speaks = (ready.delta(feeds.newest_day, unit="day") <= STALE_AFTER) & (feeds.complete | (feeds.newest_day != ready))
    return feeds.agg(first=feeds.first_day.min(), newest=feeds.newest_day.max(), sizes=ready.min(where=speaks))
