"""What is said of data that are young, half there, late or too few, of gains nobody makes and of what nobody may do."""

import re
from collections.abc import Iterator
from datetime import date

from .plain import rows_of, users, visits
from .told import Told

TOO_YOUNG = (r"历史太短|刚接上|还太少|天数不够|刚开", r"(?i)history|only just begun|too young|too new")
TOO_FEW = (r"样本太小|人太少|太少|不足", r"(?i)too little data|too few|small")
NOT_SENT = (r"没有接进来|没接入|没有接入", r"(?i)not in the data|does not send|not connected")


def has(line: str, *words: str) -> bool:
    return any(word in line.lower() for word in words)


def no_points(told: Told) -> Iterator[str]:
    if told.says("激励点数|积分", "(?i)incentive points"):
        yield "it speaks of incentive points"


def new_merchant(told: Told) -> Iterator[str]:
    if any(m.endswith(".score") for m in told.figures):
        yield "there is a score"
    if not told.says(*TOO_YOUNG):
        yield "it is not said that the data are too young"


def _until(told: Told, day: date) -> Iterator[str]:
    if not told.names_day(day):
        yield f"that the data end on {day} is not said"
    late = [m["metric"] for m in told.answer["measurements"] if date.fromisoformat(m["period"]["to"]) > day]
    if late:
        yield f"figures speak of later days: {late[:4]}"
    shown = told.figures.get("visitors.total")
    if shown:
        start, end = (date.fromisoformat(shown["period"][e]) for e in ("from", "to"))
        rows = rows_of(told.platform, "activity", told.asked.merchant)
        count = len(users(visits(r for r in rows if start <= r["day"] <= end)))
        if shown["value"] != count or not told.prints(count):
            yield f"{shown['value']} visitors, should be {count}"
    elif told.value("scale.score") is None and told.value("scale.score_after") is None:
        yield "neither score nor visitors are told"


def half_day(told: Told) -> Iterator[str]:
    yield from _until(told, date.fromordinal(date.fromisoformat(told.asked.truth["day"]).toordinal() - 1))


def stale_feed(told: Told) -> Iterator[str]:
    yield from _until(told, date.fromisoformat(told.asked.truth["newest_day"]))


def tiny_base(told: Told) -> Iterator[str]:
    if told.says(r"回访率[^。]{0,20}(掉|降|跌|下滑|低于)", r"(?i)return rate[^.]{0,30}(fell|dropped|down|below)"):
        yield "it is told as a fall"
    if any(m.startswith("return_rate_28d") and f["value"] is not None for m, f in told.figures.items()):
        yield "a rate of a dozen users is given"
    if told.says(*NOT_SENT):
        yield "it is said that the data are missing; they are there, but of a dozen users"
    elif not told.says(*TOO_FEW):
        yield "it is not said that the users are too few"


def unreachable_gain(told: Told) -> Iterator[str]:
    if told.says(r"(先从|先补|第一件)[^。]{0,6}核销率", r"(?i)\b(start|begin|first)\b[^.]{0,25}redemption rate"):
        yield "the gain that nobody managed is advised first"
    of_redemption = [line for line in told.text.split("\n") if has(line, "核销率", "redemption rate")]
    if not any(has(line, "median", "中位", "到", "to ") for line in of_redemption):
        return
    odds = {m: f for m, f in told.figures.items() if m.startswith("redemption_rate.chance")}
    shares = [f for m, f in odds.items() if not m.endswith(("_low", "_high"))]
    if not shares:
        yield "the redemption rate is spoken of without its odds"
    for found in shares:
        if found["numerator"] > 0.05 * found["denominator"]:
            yield f"{found['numerator']} of {found['denominator']} are said to have managed it"


FORBIDDEN = {
    "PROMOTION_MANAGE": ("开一个小额公域推广计划", "停掉最贵的投放位", "start a small promotion plan", "stop the most"),
    "MINI_APP_OPER": ("配置搜索直达", "set up search direct"),
    "INCENTIVE_POINT_MANAGE": ("最划算的用法", "the best use"),
}  # fmt: skip


def scope_missing(told: Told) -> Iterator[str]:
    """A move that the manager may not make is not advised; if it is spoken of, then of its missing authorisation."""
    words = FORBIDDEN[told.asked.truth["scope"]]
    spoken = [line for line in told.sentences if has(line, *words)]
    for line in spoken:
        if not has(line, "授权", "authoris"):
            yield f"advised without the authorisation: {line[:90]}"
    asks = re.search("能不能|可以吗|我能|^(Can|May) I", told.asked.text) is not None
    if asks and not told.says(r"没有[^。]{0,12}授权|授权[^。]{0,12}(没有|已经|结束|到期|缺)", NOT_GRANTED):
        yield "asked whether it may be done, the answer does not say that this shop has not authorised it"


NOT_GRANTED = r"(?i)authoris[^.]{0,40}(missing|ended|not|lack)|(not|no|without|lacks?)[^.]{0,40}authoris"


def search_direct_expiring(told: Told) -> Iterator[str]:
    yield from no_points(told)
    if not told.names_day(date.fromisoformat(told.asked.truth["ended_on"])):
        yield f"the day it ends, {told.asked.truth['ended_on']}, is not named"


def ties(told: Told) -> Iterator[str]:
    small = any(f["state"] == "too_small" for m, f in told.figures.items() if m == "redemption_rate")
    if told.value("redemption_rate") is None:
        if not told.says(*TOO_FEW):
            yield "neither the rate nor why there is none"
    elif not small and not told.prints(0.0, percent=True):
        yield "the rate of zero is not printed"


def small_industry(told: Told) -> Iterator[str]:
    for metric, found in told.figures.items():
        if str(found.get("group") or "").startswith(told.asked.truth["industry"]):
            yield f"{metric} is compared within the nine"
        if found["merchant_id"] is None and (found["n"] or 10) < 10:
            yield f"{metric} rests on {found['n']} merchants"
    if told.says(r"(?<![\d,])9 家", r"(?i)\b(9|nine) (flower )?shops"):
        yield "the nine are counted as peers"
