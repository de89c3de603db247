"""User assets: every user who ever visited a shop is new, active, won back, at risk or lapsed at a day."""

from .rows import Shop

NEW_DAYS = ACTIVE_DAYS = 28
WON_BACK_GAP = 90
AT_RISK_DAYS = 60
REGULAR_DAYS, REGULAR_WINDOW = 4, 90


def assets(shop: Shop, day: int) -> dict[str, float]:
    """Counts in users; none at all for a shop that nobody has visited by `day`. Regulars overlap the other groups."""
    start = day - ACTIVE_DAYS + 1
    last_before, first_inside = _visits(shop, start, day)
    if not last_before and not first_inside:
        return {}
    new = sum(u not in last_before for u in first_inside)
    won_back = sum(first_inside[u] - last_before[u] >= WON_BACK_GAP for u in first_inside if u in last_before)
    away = [day + 1 - last for u, last in last_before.items() if u not in first_inside]
    at_risk = sum(days <= AT_RISK_DAYS for days in away)
    return {
        "users.new": new,
        "users.active": len(first_inside) - new - won_back,
        "users.won_back": won_back,
        "users.at_risk": at_risk,
        "users.lapsed": len(away) - at_risk,
        "users.regulars": _regulars(shop, day),
    }


def _visits(shop: Shop, start: int, day: int) -> tuple[dict[int, int], dict[int, int]]:
    """user -> last visit before `start`, and user -> first visit in [start, day]. Rows ascend by day."""
    earliest = int(shop.first_row or start)
    pairs = []
    for low, high in ((earliest, start - 1), (start, day)):
        visited = shop.window("visits", low, high) > 0
        pairs.append([shop.window(n, low, high)[visited].tolist() for n in ("user", "day")])
    (users, days), (users_in, days_in) = pairs
    return dict(zip(users, days, strict=True)), dict(zip(users_in[::-1], days_in[::-1], strict=True))


def _regulars(shop: Shop, day: int) -> int:
    start = day - REGULAR_WINDOW + 1
    visited = shop.window("visits", start, day) > 0
    days: dict[int, set[int]] = {}
    rows = (shop.window(n, start, day)[visited].tolist() for n in ("user", "day"))
    for user, when in zip(*rows, strict=True):
        days.setdefault(user, set()).add(when)
    return sum(len(d) >= REGULAR_DAYS for d in days.values())
