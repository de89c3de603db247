"""What became of the users between two days, and plain sums of a period: once more, a user and a row at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from .plain import Row, first_visits, last_visits, net, rows_of, users, visit_days, visits, within

NEW = SEEN = 28
GAP, AT_RISK, WINDOW, REGULAR = 90, 60, 90, 4


def state(days: Iterable[date], on: date) -> str:
    """The state of a user with these visit days; `none` before the first of them."""
    known = sorted(d for d in days if d <= on)
    if not known:
        return "none"
    if (on - known[-1]).days >= SEEN:
        return "at_risk" if (on - known[-1]).days < AT_RISK else "lapsed"
    if (on - known[0]).days < NEW:
        return "new"
    inside = min(d for d in known if (on - d).days < SEEN)
    before = max(d for d in known if d < inside)
    return "won_back" if (on - before).days >= SEEN and (inside - before).days >= GAP else "active"


def is_regular(days: Iterable[date], on: date) -> bool:
    return sum(0 <= (on - d).days < WINDOW for d in days) >= REGULAR


def ever_regular(days: Iterable[date], until: date) -> bool:
    known = sorted(d for d in days if d <= until)
    return any((known[i + REGULAR - 1] - known[i]).days < WINDOW for i in range(len(known) - REGULAR + 1))


def seen(days: Iterable[date], start: date, end: date) -> bool:
    return any(start <= d <= end for d in days)


def flows(platform: Path, merchant: str, before: date, on: date) -> dict[str, float]:
    """Every figure of the tool's Flows, keyed alike; counts of nobody are left out."""
    rows = rows_of(platform, "activity", merchant)
    came = visit_days(r for r in rows if r["day"] <= on)
    found: Counter[str] = Counter()
    now = {u: state(d, on) for u, d in came.items()}
    for user, days in came.items():
        then = state(days, before)
        found[f"users.moved@{then}>{now[user]}"] += 1
        for side, name in (("before", then), ("after", now[user])):
            found[f"users.{name}@{side}"] += name != "none"
        for side, day in (("before", before), ("after", on)):
            found[f"users.regulars@{side}"] += is_regular(days, day)
        found["users.new_regulars"] += is_regular(days, on) and not ever_regular(days, before)
    values = _values(rows, now, on)
    steady = {u for u, days in came.items() if is_regular(days, on)}
    values["users.value@regulars"] = float(net(r for r in within(rows, on, 28) if r["user_id"] in steady))
    return {
        **found,
        **_lost(rows, came, before, on),
        **_regained(rows, came, before, on),
        **values,
        **_funnel(rows, came, on),
    }


def _values(rows: Iterable[Row], now: dict[str, str], on: date) -> dict[str, float]:
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in within(rows, on, 28):
        if row["user_id"] in now:
            spent[now[row["user_id"]]] += row["gmv"] - row["refunds"]
    return {f"users.value@{name}": float(yuan) for name, yuan in spent.items()}


def _lost(rows: Iterable[Row], came: dict[str, set[date]], before: date, on: date) -> dict[str, float]:
    recent = before - timedelta(days=27)
    lost = {
        u for u, d in came.items()
        if is_regular(d, before) and seen(d, recent, before) and not seen(d, before + timedelta(days=1), on)
    }  # fmt: skip
    channel = last_visits(r for r in rows if r["user_id"] in lost and r["day"] <= before)
    by_channel = Counter(c for _, c in channel.values())
    worth = net(r for r in within(rows, before, WINDOW) if r["user_id"] in lost)
    return {
        "users.lost_regulars": len(lost), "users.lost_regulars_value": float(worth),
        **{f"users.lost_regulars@channel:{c}": n for c, n in by_channel.items()},
    }  # fmt: skip


def _regained(rows: Iterable[Row], came: dict[str, set[date]], before: date, on: date) -> dict[str, float]:
    earlier, later = before - timedelta(days=28), before + timedelta(days=1)
    back = {
        u for u, d in came.items()
        if is_regular(d, earlier) and not seen(d, earlier + timedelta(days=1), before) and seen(d, later, on)
    }  # fmt: skip
    worth = net(r for r in rows if r["user_id"] in back and before < r["day"] <= on)
    return {"users.regained_regulars": len(back), "users.regained_regulars_value": float(worth)}


def _funnel(rows: Iterable[Row], came: dict[str, set[date]], on: date) -> dict[str, float]:
    fresh = {u for u, d in came.items() if (on - min(d)).days < 90}
    bought: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        if row["orders"] > 0 and row["day"] <= on and row["user_id"] in fresh:
            bought[row["user_id"]].add(row["day"])
    twice = {u for u, d in bought.items() if len(d) > 1}
    return {
        "users.funnel@visit": len(fresh), "users.funnel@first_order": len(bought),
        "users.funnel@second_order": len(twice), "users.funnel@regular": sum(is_regular(came[u], on) for u in twice),
    }  # fmt: skip


def totals(platform: Path, merchant: str, start: date, end: date) -> dict[str, float]:
    """The five series summed over a period; visitors counted once, new users by their first visit ever."""
    rows = rows_of(platform, "activity", merchant)
    inside = [r for r in rows if start <= r["day"] <= end]
    firsts = first_visits(rows).values()
    plain = {name: float(sum((r[name] for r in inside), Decimal(0))) for name in ("visits", "orders", "gmv")}
    return {**plain, "visitors": len(users(visits(inside))), "new_users": sum(start <= day <= end for day, _ in firsts)}
