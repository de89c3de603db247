"""The canonical schema: every table an operator may send, column by column.

One description serves the importers (what to validate), the demo platform (what to write), the
health report (what to name) and the documentation. Money is DECIMAL(18, 2) in the platform's
currency, dates are local business days.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["text", "integer", "money", "date", "timestamp", "boolean", "number"]

SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "money": "DECIMAL(18, 2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
}


class Column(BaseModel):
    """One column: its kind, whether a row may lack it, and the values that make sense."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Kind
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[str, ...] = ()
    default: str | None = None  # SQL literal taken when a source has no such column
    about: str = ""


class Table(BaseModel):
    """One table: its grain (the columns that identify a row) and its columns."""

    model_config = ConfigDict(frozen=True)

    name: str
    key: tuple[str, ...]  # () where the grain is "one ledger entry": duplicates are legal
    columns: tuple[Column, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


def _text(name: str, required: bool = True, allowed: tuple[str, ...] = (), about: str = "") -> Column:
    return Column(name=name, kind="text", required=required, allowed=allowed, about=about)


def _count(name: str, required: bool = True, about: str = "") -> Column:
    return Column(
        name=name, kind="integer", required=required, minimum=0, default="0" if required else None, about=about
    )


def _money(name: str, required: bool = True, about: str = "") -> Column:
    return Column(name=name, kind="money", required=required, minimum=0, default="0" if required else None, about=about)


def _date(name: str, required: bool = True, about: str = "") -> Column:
    return Column(name=name, kind="date", required=required, about=about)


SCOPES = ("SHOP_MANAGE", "MINI_APP_OPER", "PROMOTION_MANAGE", "OPERATION_POINTS", "INCENTIVE_POINT_MANAGE")

MERCHANTS = Table(
    name="merchants",
    key=("merchant_id",),
    required=True,
    columns=(
        _text("merchant_id"),
        _text("name"),
        _text("industry", about="the platform's own industry key; peers share it"),
        _text("city", required=False),
        _date("joined_on", required=False),
        _text("provider_id", required=False, about="the service provider that operates the merchant, if any"),
    ),
)

ACTIVITY = Table(
    name="activity",
    key=("merchant_id", "user_id", "day", "channel", "store_id"),
    columns=(
        _text("merchant_id"),
        _text("user_id", about="an opaque hash; never a phone number or an account"),
        _date("day"),
        _text(
            "channel", about="where the user came from: mini_program, store_code, life_account, search, promotion, ..."
        ),
        _text("store_id", required=False),
        _count("visits"),
        _count("interactions"),
        _count("orders"),
        _money("gmv", about="paid by the user, after discount, before refunds"),
        _money("discount"),
        _money("refunds"),
        Column(name="identified", kind="boolean", default="FALSE", about="the user is known as a member that day"),
    ),
)

DAILY = Table(
    name="daily",
    key=("merchant_id", "day"),
    columns=(
        _text("merchant_id"),
        _date("day"),
        _count("visits", required=False),
        _count("visitors", required=False),
        _count("new_users", required=False),
        _count("interactions", required=False),
        _count("orders", required=False),
        _count("payers", required=False),
        _money("gmv", required=False),
        _money("discount", required=False),
        _money("refunds", required=False),
    ),
)

COUPONS = Table(
    name="coupons",
    key=("merchant_id", "day", "coupon_id"),
    columns=(
        _text("merchant_id"),
        _date("day"),
        _text("coupon_id"),
        _count("issued"),
        _count("redeemed"),
        _money("discount"),
        _money("redeemed_gmv", about="gmv of the orders that used the coupon"),
    ),
)

PROMOTION = Table(
    name="promotion",
    key=("merchant_id", "day", "place"),
    columns=(
        _text("merchant_id"),
        _date("day"),
        _text("place", about="payment_result, public_union, prime_position, ..."),
        _count("impressions"),
        _count("clicks"),
        _money("spend"),
        _count("new_users", about="users whose first visit ever the promotion brought"),
    ),
)

FOLLOWERS = Table(
    name="followers",
    key=("merchant_id", "day"),
    columns=(
        _text("merchant_id"),
        _date("day"),
        _count("followers", about="at the end of the day"),
        _count("new_followers"),
        _count("posts"),
        _count("reach"),
    ),
)

POINTS = Table(
    name="points",
    key=(),
    columns=(
        _text("merchant_id"),
        Column(name="at", kind="date"),
        _text("programme", about="star_plan, luoma_plan, ..."),
        Column(name="delta", kind="integer", about="earned above zero, spent below"),
        _text("reason", required=False),
        _date("expires_on", required=False, about="of an entry that earned points"),
    ),
)

ACTIONS = Table(
    name="actions",
    key=(),
    columns=(
        _text("merchant_id"),
        _text("kind", about="the move: coupon_validity, broadcast, campaign, ..."),
        _text("product", required=False),
        _date("started_on"),
        _date("ended_on", required=False),
        _text("note", required=False),
    ),
)

REBATES = Table(
    name="rebates",
    key=("provider_id", "merchant_id", "policy", "month"),
    columns=(
        _text("provider_id"),
        _text("merchant_id"),
        _text("policy"),
        _date("month", about="the first day of the month"),
        _money("amount"),
        _text("state", allowed=("earned", "pending", "paid", "rejected")),
    ),
)

SCORES = Table(
    name="scores",
    key=("merchant_id", "day", "dimension"),
    columns=(
        _text("merchant_id"),
        _date("day"),
        _text("dimension", allowed=("scale", "active", "worth", "efficiency", "overall")),
        Column(name="value", kind="number", minimum=0),
        _text("source", about="who issued the official score"),
    ),
)

FEEDS = Table(
    name="feeds",
    key=("merchant_id",),
    columns=(
        _text("merchant_id"),
        _date("newest_day"),
        Column(name="complete", kind="boolean", default="TRUE", about="false while the newest day is still arriving"),
    ),
)

PROVIDERS = Table(name="providers", key=("provider_id",), columns=(_text("provider_id"), _text("name")))

MANAGERS = Table(
    name="managers",
    key=("manager_id",),
    columns=(_text("manager_id"), _text("name"), _text("provider_id")),
)

ASSIGNMENTS = Table(
    name="assignments",
    key=("manager_id", "merchant_id"),
    columns=(_text("manager_id"), _text("merchant_id"), _date("since"), _date("until", required=False)),
)

AUTHORISATIONS = Table(
    name="authorisations",
    key=("provider_id", "merchant_id", "scope"),
    columns=(
        _text("provider_id"),
        _text("merchant_id"),
        _text("scope", allowed=SCOPES),
        _date("valid_from"),
        _date("valid_until", required=False),
    ),
)

BENCHMARKS = Table(
    name="benchmarks",
    key=("metric", "industry", "valid_from", "value"),
    columns=(
        _text("metric", about="a metric of the catalog"),
        _text("industry", about="the industry key of the shops behind the curve, or all"),
        _date("valid_from", about="the first day on which the curve is the one to compare with"),
        _date("valid_until", required=False),
        Column(name="value", kind="number", about="in the metric's own unit; shares are of one"),
        Column(name="share", kind="number", minimum=0, maximum=1, about="of shops below, those equal counted half"),
        Column(name="n", kind="integer", minimum=10, about="shops behind the curve; fewer are nobody's peers"),
        _text("source", about="who published the curve"),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        MERCHANTS,
        ACTIVITY,
        DAILY,
        COUPONS,
        PROMOTION,
        FOLLOWERS,
        POINTS,
        ACTIONS,
        REBATES,
        SCORES,
        FEEDS,
        PROVIDERS,
        MANAGERS,
        ASSIGNMENTS,
        AUTHORISATIONS,
        BENCHMARKS,
    )
}
