"""What every as-of date starts from: merchants and users by number, and activity folded into one row a user and day."""

import ibis
from ibis import _

from tools.catalog import UserAssetRules


def cents(money: ibis.Value) -> ibis.Value:
    """DECIMAL yuan to whole cents: integer sums are exact and the same on every engine."""
    return (money.cast("decimal(18, 2)") * 100).cast("int64")


def numbered(merchants: ibis.Table) -> ibis.Table:
    """no, merchant_id: merchants by a small number. Grouping millions of rows by text takes ten times as long."""
    return merchants.select("merchant_id", no=ibis.row_number().over(order_by=merchants.merchant_id).cast("int32"))


def counted(rows: ibis.Table, where: ibis.Value) -> ibis.Value:
    """How many of a group's rows fulfil a condition; unknown counts as no. Spark says NULL where all are unknown."""
    return rows.count(where=where).fill_null(0)


def user_days(activity: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    """activity (merchant x user x day x channel) to merchant x user x day; a user is one merchant's user."""
    activity = activity.inner_join(numbers, "merchant_id")
    seen = activity.visits > 0
    return activity.group_by(["no", "user_id", "day"]).agg(
        visited=seen.any(),
        interacted=(activity.interactions > 0).any(),
        identified=(activity.identified & seen).any(),
        channel=activity.channel.min(where=seen),  # the smallest name decides among channels of one day
        visits=activity.visits.sum().cast("int32"),
        orders=activity.orders.sum().cast("int32"),
        gmv=cents(activity.gmv).sum().cast("int64"),
        discount=cents(activity.discount).sum().cast("int64"),
        refunds=cents(activity.refunds).sum().cast("int64"),
    )


def users(days: ibis.Table) -> ibis.Table:
    """One row a user: its number within the merchant, the first visit ever and whether promotion brought it.

    Numbers follow the ids, so they are the same whatever the engine and the order of the rows.
    """
    first = days.group_by(["no", "user_id"]).agg(
        first_day=days.day.min(where=days.visited),
        promoted_day=days.day.min(where=days.visited & (days.channel == "promotion")),
    )
    return first.select(
        "no",
        "user_id",
        "first_day",
        uid=ibis.row_number().over(group_by=first.no, order_by=first.user_id).cast("int32"),
        promoted=(_.promoted_day == _.first_day).fill_null(False),
    )


def base(days: ibis.Table, known: ibis.Table) -> ibis.Table:
    """user_days with the user's number and first visit beside each row: all that a window needs, narrow and by day."""
    joined = days.inner_join(known, ["no", "user_id"])
    return joined.select(
        "no",
        "uid",
        "day",
        "visited",
        "interacted",
        "identified",
        "channel",
        "visits",
        "orders",
        "gmv",
        "discount",
        "refunds",
        "first_day",
        "promoted",
    ).order_by("day")


def visits(rows: ibis.Table, rules: UserAssetRules) -> ibis.Table:
    """One row a visit day that knows its user's neighbours: no, day, first_day, prev_day, next_day, regular_day.

    A user's last visit up to any date is the one row before it whose next_day lies after it, so that counting users
    by when they came needs no grouping by user. `regular_day` is where the run of visits that makes a regular began.
    """
    seen = rows.filter(rows.visited)
    turn = ibis.window(group_by=[seen.no, seen.uid], order_by=seen.day)
    return seen.select(
        "no",
        "day",
        "first_day",
        prev_day=seen.day.lag().over(turn),
        next_day=seen.day.lead().over(turn),
        regular_day=seen.day.lag(rules.regular_visit_days - 1).over(turn),
    ).order_by("day")


def orders(rows: ibis.Table) -> ibis.Table:
    """One row a user's day with an order: no, day, prev_day, next_day."""
    bought = rows.filter(rows.orders > 0)
    turn = ibis.window(group_by=[bought.no, bought.uid], order_by=bought.day)
    return bought.select(
        "no", "day", prev_day=bought.day.lag().over(turn), next_day=bought.day.lead().over(turn)
    ).order_by("day")


def key(table: ibis.Table) -> str:
    """The column that tells merchants apart: their number where the table has it."""
    return "no" if "no" in table.columns else "merchant_id"


def by_number(table: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    """Any table of merchants with their number in front; rows of unknown merchants fall away."""
    return table if key(table) == "no" else numbers.inner_join(table, "merchant_id")


def feeds(numbers: ibis.Table, rows: ibis.Table, declared: ibis.Table | None) -> ibis.Table:
    """no, merchant_id, first_day, newest_day, complete: what each feed covers; days are empty where nothing came.

    `rows` is activity or daily, of merchants by number or by id; a declared newest day goes before the newest row.
    """
    seen = rows.group_by(key(rows)).agg(first_day=rows.day.min(), last_day=rows.day.max())
    joined = numbers.left_join(seen, key(rows)).drop(f"{key(rows)}_right")
    if declared is None:
        return joined.select("no", "merchant_id", "first_day", newest_day=_.last_day, complete=ibis.literal(True))
    said = declared.select("merchant_id", said_day=_.newest_day, said_complete=_.complete)
    return joined.left_join(said, "merchant_id").select(
        "no",
        "merchant_id",
        "first_day",
        newest_day=ibis.coalesce(_.said_day, _.last_day),
        complete=_.said_complete.fill_null(True),
    )
