"""What a snapshot keeps of each merchant beside its figures, as expressions that run on any engine."""

import ibis

from tools.base import by_number, cents, counted
from tools.own import SERIES
from tools.queries import Queries
from tools.sums import ago

COPIED = ("providers", "managers", "assignments", "authorisations")
HISTORY = (
    "no", "uid", "day", "channel", "visits", "visited", "interacted", "identified", "orders", "gmv", "discount",
    "refunds", "first_day", "promoted",
)  # fmt: skip
PLACE_DAYS = 90
LEDGERS = {  # ties are broken by every column: rows of one day have no order of their own
    "credits": (
        "points",
        ("at", "programme", "delta", "reason", "expires_on"),
        'no, "at", delta DESC, programme, reason, expires_on',
    ),
    "actions": (
        "actions",
        ("kind", "product", "started_on", "ended_on", "note"),
        "no, started_on, kind, product, ended_on, note",
    ),
}


def own_tables(queries: Queries) -> dict[str, tuple[ibis.Table, str]]:
    """What is kept beside figures, each with its order: merchants, their history, days, credits, actions, and access.

    `history` is one row a user and day, `days` one a day; money in cents. Columns nobody measured are NULL.
    """
    tables, platform = queries.tables, queries.platform
    people = platform.tables["merchants"]
    kept = {"merchants": (_merchants(tables["feeds"], people), "no")}
    if platform.users_known:
        rows = queries.rows()
        kept["history"] = (rows.select(*HISTORY), "no, uid, day")
        kept["days"] = (_days(rows), "no, day")
    else:
        kept["days"] = (_daily(by_number(tables["daily"], tables["numbers"])), "no, day")
    if "promotion" in tables:
        kept["places"] = (_places(by_number(tables["promotion"], tables["numbers"]), tables["feeds"]), "no, place")
    for name, (source, columns, order) in LEDGERS.items():
        if platform.has(source):
            rows = by_number(platform.tables[source], tables["numbers"])
            kept[name] = (rows.select("no", *columns), order)
    return kept | {name: (platform.tables[name], "ALL") for name in COPIED if platform.has(name)}


def _merchants(feeds: ibis.Table, people: ibis.Table) -> ibis.Table:
    joined = feeds.inner_join(people, "merchant_id")
    told = ("name", "industry", "city", "joined_on", "provider_id")
    return joined.select("no", "merchant_id", *told, "first_day", "newest_day", "complete")


def _days(rows: ibis.Table) -> ibis.Table:
    sums = {name: rows[name].sum().cast("int64") for name in ("visits", "orders", "gmv", "discount", "refunds")}
    found = rows.group_by(["no", "day"]).agg(
        visitors=counted(rows, rows.visited),
        new_users=counted(rows, rows.visited & (rows.first_day == rows.day)),
        **sums,
    )
    return found.select("no", "day", *SERIES)


def _daily(daily: ibis.Table) -> ibis.Table:
    money = {name: cents(daily[name]) for name in ("gmv", "discount", "refunds")}
    return daily.select("no", "day", "visits", "visitors", "new_users", "orders", **money)


def _places(promotion: ibis.Table, feeds: ibis.Table) -> ibis.Table:
    """What each place of promotion brought in the 90 days up to the newest: an exchange of credits rests on it."""
    whose = feeds.select("no", "newest_day")
    rows = promotion.inner_join(whose, "no")
    recent = rows.filter((rows.day <= rows.newest_day) & (rows.day > ago(rows.newest_day, PLACE_DAYS)))
    return recent.group_by(["no", "place"]).agg(
        first_day=recent.day.min(),
        last_day=recent.day.max(),
        impressions=recent.impressions.sum().cast("int64"),
        clicks=recent.clicks.sum().cast("int64"),
        spend=cents(recent.spend).sum().cast("int64"),
        new_users=recent.new_users.sum().cast("int64"),
    )
