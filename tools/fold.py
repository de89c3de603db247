"""What dates are summed from: the platform's rows once by number, and folded further where many dates will be summed.

A few dates look at the rows as they stand. Many look up what each visit's neighbours are, and find rows by day: that
costs as much as some dates do, and makes each of them cheap. Both ways give the same figures.
"""

import ibis

from tools import base, sums
from tools.catalog import UserAssetRules
from tools.engine import AS_OF, Platform
from tools.user_sums import user_sums

FEW = 2  # dates; at about three the further fold has paid for itself
BESIDE = ("daily", "coupons", "promotion", "followers", "scores")

Tables = dict[str, ibis.Table]


def fold(platform: Platform) -> Tables:
    """What every way needs: numbers, feeds, and user_days where users are known.

    The tables beside them stay as they are, merchants by id, and are read each time that they are asked.
    """
    numbers = platform.keep("numbers", base.numbered(platform.tables["merchants"]))
    tables = {name: platform.tables[name] for name in BESIDE if platform.has(name)}
    if platform.users_known:
        tables["user_days"] = platform.keep("user_days", base.user_days(platform.tables["activity"], numbers))
    seen = tables["user_days" if platform.users_known else "daily"]
    feeds = base.feeds(numbers, seen, platform.tables.get("feeds"))
    return tables | {"numbers": numbers, "feeds": platform.keep("feeds_by_no", feeds.order_by("no"))}


def with_rows(platform: Platform, tables: Tables) -> Tables:
    """The same with `rows` in place of user_days: users have numbers, and each row knows its user's first visit."""
    if "user_days" not in tables:
        return tables
    days = tables["user_days"]
    rows = platform.keep("user_rows", base.base(days, platform.keep("known_users", base.users(days))))
    platform.drop("user_days")
    platform.drop("known_users")
    return {name: table for name, table in tables.items() if name != "user_days"} | {"rows": rows}


def for_many(platform: Platform, tables: Tables, rules: UserAssetRules) -> Tables:
    """The same with all that makes one more date cheap: `visits` and `orders`, and the tables beside them by number."""
    tables = with_rows(platform, tables)
    beside = {name: base.by_number(tables[name], tables["numbers"]) for name in BESIDE if name in tables}
    kept = {name: platform.keep(f"{name}_by_no", table) for name, table in beside.items()}
    if "rows" in tables:
        kept["visits"] = platform.keep("user_visits", base.visits(tables["rows"], rules))
        kept["orders"] = platform.keep("user_orders", base.orders(tables["rows"]))
    return tables | kept


def parts(tables: Tables, rules: UserAssetRules) -> tuple[ibis.Table, ...]:
    """The sums at AS_OF, keyed by merchant, in the way that these tables allow."""
    others = {"coupons": sums.coupon_sums, "promotion": sums.promotion_sums, "followers": sums.follower_sums}
    beside = tuple(summed(tables[name], AS_OF) for name, summed in others.items() if name in tables)
    if "visits" in tables:
        visits, rows = tables["visits"], tables["rows"]
        return (
            *sums.known_users(visits, AS_OF),
            sums.comings(visits, AS_OF, rules),
            sums.buyers(tables["orders"], AS_OF),
            sums.doings(rows, AS_OF),
            sums.money(rows, AS_OF),
            *beside,
        )
    for name, user in (("rows", "uid"), ("user_days", "user_id")):
        if name in tables:
            return (user_sums(tables[name], AS_OF, rules, user=user), *beside)
    return (sums.daily_sums(tables["daily"], AS_OF), *beside)
