"""What a right telling of each planted story says, and what it must not say; each check gives what is wrong."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from . import changing, moving, told_states
from .told import Told
from .told_states import has, no_points
from .values import LOWER_IS_BETTER

OWN = (r"(主要|大头)[^。]{0,8}自己", r"(?i)mainly[^.]{0,30}\bown\b")
PEERS = (r"不在店里|同行走得更快|主要[^。]{0,8}同行", r"(?i)not the shop|the peers were faster|mainly[^.]{0,20}peers")
GROUP = (r"大了一档|换了一批|换了对比组", r"(?i)size band|another group|larger shops")
UNSURE = (r"看不出|分不清|说不准", r"(?i)no effect can be told|cannot tell|within the ordinary")
CHANNELS = {
    "mini_program": (r"小程序", r"(?i)mini program"), "store_code": (r"门店码", r"(?i)store code"),
    "life_account": (r"生活号", r"(?i)life account"),
}  # fmt: skip
Check = Callable[[Told], Iterator[str]]


def complaints(told: Told) -> list[str]:
    """Everything that is wrong with the telling; nothing where it is right."""
    found = list(_in_general(told))
    if not found:
        found += CHECKS[told.asked.kind](told)
    return found


def _in_general(told: Told) -> Iterator[str]:
    if told.answer["outcome"] != "grounded":
        yield f"the outcome is {told.answer['outcome']}"


def _cause(told: Told, right: tuple[str, str]) -> Iterator[str]:
    if not told.says(*right):
        yield "the cause is not said"
    for other in {OWN, PEERS, GROUP} - {right}:
        if told.says(*other) and not told.says(*right):
            yield "another cause is said"


def _blame(told: Told) -> Iterator[str]:
    """A channel may only be named for what the shop's own change did; peers only where no other group did more."""
    for line in told.text.replace("。", "\n").split("\n"):
        for metric in {m.split(".")[0] for m in told.figures if m.endswith(".contribution")}:
            if not _is_about(told, line, metric):
                continue
            moved = (told.value(f"{metric}.after") or 0.0) - (told.value(f"{metric}.before") or 0.0)
            if metric in LOWER_IS_BETTER:
                moved = -moved
            if has(line, "主要出在", "mainly in") and moved * (told.value(f"{metric}.own") or 0.0) <= 0:
                yield f"a channel is blamed though the metric went the other way: {line.strip()[:90]}"
            group, peers = (
                sum(abs(f["value"]) for m, f in told.figures.items() if m.endswith(f".{term}"))
                for term in ("group_changed", "peers_moved")
            )
            if has(line, "是同行在动", "peers that shifted") and peers < group:
                yield f"peers are blamed for another group: {line.strip()[:90]}"


NAMES = {
    "visitors_28d": ("访客数", "visitors"), "new_users_28d": ("新客数", "new users"),
    "followers": ("粉丝数", "followers"), "identified_share": ("会员识别率", "identified share"),
    "return_rate_28d": ("回访率", "return rate"),
    "active_rate": ("活跃率", "active rate"), "interaction_rate": ("互动率", "interaction rate"),
    "visit_days_per_user": ("人均到访天数", "visit days"), "redemption_rate": ("核销率", "redemption rate"),
}  # fmt: skip


def _is_about(told: Told, line: str, metric: str) -> bool:
    """Whether a line of a list speaks of the metric: it stands first there."""
    name = NAMES.get(metric, ("\0", "\0"))[told.answer["language"] == "en"]
    return line.strip().lstrip("0123456789. ").lower().startswith(name)


# ---- why it changed --------------------------------------------------------------------------------------------------


def _return_fell(told: Told) -> Iterator[str]:
    metric, channel = "return_rate_28d", told.asked.truth["channel"]
    if f"{metric}.before" not in told.figures:
        yield "the fall of the return rate is not told"
        return
    days = [told.day(f"{metric}.{side}") for side in ("before", "after")]
    sums = [changing.segment_sums(told.platform, told.asked.merchant, metric, day, "channel") for day in days]
    for side in sums:
        whole = Fraction(sum(a for a, _ in side.values()), sum(b for _, b in side.values()))
        if not told.prints(float(whole), percent=True):
            yield f"the rate {float(whole):.4f} is not printed"
        top, bottom = side[f"channel:{channel}"]
        if not told.prints(float(top / bottom), percent=True):
            yield f"the rate of {channel}, {float(top / bottom):.4f}, is not printed"
    if days == [date(2026, 10, 24), date(2026, 11, 21)] and not told.prints(told.asked.truth["before"], percent=True):
        yield "the planted rate is not printed"
    if not told.says(*CHANNELS[channel]):
        yield f"{channel} is not named"
    yield from _cause(told, OWN)
    yield from _blame(told)


def _redemption_fell(told: Told) -> Iterator[str]:
    if told.day("redemption_rate.before") != date(2026, 10, 24) if "redemption_rate.before" in told.figures else True:
        yield "the four weeks are not those of the story, or nothing is explained"
        return
    for side in ("before", "after"):
        if not told.prints(told.asked.truth[side], percent=True):
            yield f"the rate {side}, {told.asked.truth[side]:.4f}, is not printed"
    yield from _cause(told, OWN)
    yield from _blame(told)


def _peers_rose(told: Told) -> Iterator[str]:
    base = next((b for b in ("active", "return_rate_28d") if f"{b}.peers_moved" in told.figures), None)
    if base is None:
        yield "nothing is explained"
        return
    own, change = told.value(f"{base}.own") or 0.0, told.value(f"{base}.score_change") or 0.0
    exact = any(m.endswith(".before") and f["as_of"] == "2026-10-24" for m, f in told.figures.items())
    if abs(own) > (told.asked.truth["tolerance"] if exact else 0.15 * abs(change)):
        yield f"the shop's own part is {own}"
    if not told.prints(told.value(f"{base}.peers_moved") or 0.0):
        yield "the peers' part is not printed"
    yield from _cause(told, PEERS)
    yield from _blame(told)


def _next_band(told: Told) -> Iterator[str]:
    moved = told.value("scale.group_changed")
    if moved is None:
        yield "nothing is explained"
        return
    if moved >= 0 or not told.prints(moved):
        yield f"the points of the other group, {moved:.1f}, are not printed as lost"
    yield from _cause(told, GROUP)
    yield from _blame(told)


def _coupons_bought(told: Told) -> Iterator[str]:
    if "bought_activity" not in told.answer["warnings"]:
        yield "no warning that the activity was bought"
    for side in ("before", "after"):
        rate = told.asked.truth[f"money_{side}"]["discount_rate"]
        if not told.prints(rate, percent=True):
            yield f"the discount rate {side}, {rate:.4f}, is not printed"
    if not told.says("优惠|折扣|让利", "(?i)discount"):
        yield "discounts are not named"
    yield from _blame(told)


# ---- users, points, actions ------------------------------------------------------------------------------------------


def _regulars_lost(told: Told) -> Iterator[str]:
    if "users.lost_regulars" not in told.figures:
        yield "lost regulars are not counted"
        return
    period = told.figures["users.lost_regulars"]["period"]
    before, on = (date.fromisoformat(period[end]) for end in ("from", "to"))
    mine = moving.flows(told.platform, told.asked.merchant, before, on)
    planted = (told.asked.truth["lost"], told.asked.truth["value_90d"])
    counted = (mine["users.lost_regulars"], mine["users.lost_regulars_value"])
    if before.isoformat() == told.asked.truth["as_of_before"] and counted != planted:
        yield "the second opinion does not count as the story does"
    for name in ("users.lost_regulars", "users.lost_regulars_value"):
        if told.value(name) != mine[name] or not told.prints(mine[name]):
            yield f"{name} is {told.value(name)}, should be {mine[name]} and printed"
    yield from no_points(told)


def _points_expiring(told: Told) -> Iterator[str]:
    truth = told.asked.truth
    if not told.prints(truth["points"]):
        yield f"the {truth['points']} points that expire are not printed"
    if not told.names_day(date.fromisoformat(truth["expires_on"])):
        yield f"the last day, {truth['expires_on']}, is not named"
    balance = told.value(f"credits.balance@{truth['programme']}")
    balance = told.value("credits.balance") if balance is None else balance
    if balance != truth["balance"]:
        yield f"the balance is {balance}, should be {truth['balance']}"


def _campaign(told: Told) -> Iterator[str]:
    truth = told.asked.truth
    if "visits.effect" not in told.figures:
        yield "the effect is not told"
        return
    clear = []
    for series in ("visits", "orders", "gmv"):
        found, low, high = (told.value(f"{series}.effect{end}") for end in ("", "_low", "_high"))
        if found is None or low is None or high is None:
            yield f"no effect on {series}"
            continue
        planted = truth[f"lift_{series}"]
        if not low <= planted <= high and abs(found - planted) > truth["tolerance"]:
            yield f"the effect on {series} is {found:.3f} ({low:.3f} to {high:.3f}), planted is {planted:.3f}"
        if not all(told.prints(v, percent=True) for v in (found, low, high)):
            yield f"the effect on {series} or its interval is not printed"
        clear.append(low > 0)
    if abs((told.value("visits.effect") or 0.0) - truth["lift_visits"]) > truth["tolerance"]:
        yield f"the effect on visits is off by more than {truth['tolerance']}"
    unsure = told.says(*UNSURE)
    if truth["lift"] == 0 and not unsure:
        yield "an effect is claimed where there is none"
    if not any(clear) and not unsure:
        yield "an effect is claimed whose intervals hold zero"
    if all(clear) and unsure:
        yield "no effect is claimed where every interval is above zero"


CHECKS: dict[str, Check] = {
    "return_fell": _return_fell,
    "redemption_fell": _redemption_fell,
    "peers_rose": _peers_rose,
    "next_band": _next_band,
    "coupons_bought": _coupons_bought,
    "regulars_lost": _regulars_lost,
    "points_expiring": _points_expiring,
    "campaign": _campaign,
    "new_merchant": told_states.new_merchant,
    "half_day": told_states.half_day,
    "stale_feed": told_states.stale_feed,
    "tiny_base": told_states.tiny_base,
    "unreachable_gain": told_states.unreachable_gain,
    "scope_missing": told_states.scope_missing,
    "search_direct_expiring": told_states.search_direct_expiring,
    "ties": told_states.ties,
    "small_industry": told_states.small_industry,
}
