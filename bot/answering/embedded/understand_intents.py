"""Where the words of a question decide between two intents that the classifier cannot tell apart by its frame."""

import re
from datetime import date

from bot.answering.embedded.dates import find_dates
from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.embedded.slots_kinds import products_of
from bot.answering.embedded.slots_periods import deadline_of
from bot.answering.embedded.slots_relative import relative_target
from bot.answering.embedded.slots_target import find_target
from bot.answering.embedded.slots_year import against_last_year
from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_situations import (
    asks_behind,
    asks_leave,
    asks_odds,
    asks_whether_it_moved,
    counts_lost_regulars,
    ending,
    says,
    speaks_of_messages,
    spends_points,
)
from bot.answering.types import Intent
from tools.catalog import Catalog

_EARN = re.compile(
    r"(?:赚|攒|拿|得|获|领|挣|积)(?:更?多|到|取|点|些|几个)*(?:激励|的|些|点)*点数?"
    r"|\b(?:get|earn|collect|obtain|make|gather|win|receive|gain)(?:ing)? (?:any |more |extra |some |additional )*"
    r"(?:incentive )?points"
)
_WAY_TO = re.compile(r"(?<!会)(?:怎么|如何|怎样|咋)|\bhow (?:do|can|to|could|should)\b")
# The weakest figure is what advice begins with; it has no value of its own that "which" could ask for.
_WEAKEST = re.compile(
    r"哪一?(?:个|项|块|几个|些)?(?:小?指标|数据|分项|环节|一?项|短板).{0,10}(?:拖|拉低|扯|弱|最差|最低|最不|短)"
    r"|(?:拖|拉低|扯).{0,8}[是的]哪|(?:最弱|最差|最拖后腿|短板).{0,6}[是在]?(?:哪|什么)"
    r"|\b(?:which|what)\b.{0,20}\b(?:metrics?|figures?)\b.{0,20}"
    r"\b(?:holds?|holding|drags?|dragging|pulls?|pulling|weak\w*|worst|lowest|keeps?|keeping)\b"
    r"|\b(?:which|what)(?: is|'s)? (?:the |its |my )?(?:weakest|worst) (?:metric|figure|part)"
)
_CHANGE = re.compile(
    r"变|突然|忽然|一下子|越来越|又|最近|这阵|近来|涨|升|\b(?:chang\w+|sudden\w*|lately|recently|than|gone|went|got|getting"
    r"|has been|have been|any ?more|used to|again|started|jump\w*)\b"
)


def _moved(reading: Reading) -> bool:
    cues = load_cues()
    return bool(reading.dates) or any(p.search(reading.text) for p in (cues["fall"], cues["rise"], _CHANGE))


def _is_level(reading: Reading) -> bool:
    """Whether a "why" is about how low a figure stands and not about how it moved."""
    return bool(load_cues()["level"].search(reading.text)) and not _moved(reading)


def _is_drawn(reading: Reading, today: date) -> bool:
    """Whether a picture of days gone by is asked for: a trend, but none to come."""
    gone = bool(reading.dates) and all(m.span.end < today for m in reading.dates)
    return gone and bool(load_cues()["picture"].search(reading.text))


def _supposes(reading: Reading, intent: Intent) -> bool:
    """Whether a multiple of a figure is supposed, and not the way to it asked for nor what became of it."""
    if relative_target(reading.text) is None or reading.dates:
        return False
    if not reading.of("metric", "dimension"):
        return bool(reading.of("other")) and says(reading, "then")
    return intent == "metric" or (says(reading, "then") and not _WAY_TO.search(reading.text))


def _is_gone(reading: Reading, today: date) -> bool:
    """Whether every day that is named lies behind us, however one reads it, and nothing asks to look ahead."""
    named = find_dates(reading.text, today, ahead=True, due=False)
    return bool(named) and all(m.span.end < today for m in named) and not says(reading, "foresee")


def _is_plan(reading: Reading, today: date, catalog: Catalog) -> bool:
    """Whether advice is asked for within bounds: a target or a day together with a day or a cost."""
    limits = [limit for limit in reading.limits if limit.sure]
    by = deadline_of(reading.text, limits, today, marked=True)
    target = find_target(reading, None, catalog)
    return (target is not None and bool(by or limits)) or bool(by and limits)


def _earns_points(reading: Reading) -> bool:
    """Whether more incentive points are sought, and not more of a score."""
    named = any(m.kind == "product" and m.id == "incentive_points" for m in reading.mentions)
    return named and not reading.of("metric", "dimension", "score") and bool(_EARN.search(reading.text))


def _lies_ahead(reading: Reading, today: date) -> bool:
    return bool(reading.dates) and all(m.span.start > today for m in reading.dates)


def _by_situation(reading: Reading, intent: Intent, today: date, catalog: Catalog) -> Intent | None:
    """The intent that the situation asks for, whatever the frame looks like; None where there is no such situation."""
    products = products_of(catalog)
    if intent == "handoff" and speaks_of_messages(reading, products):
        return "policy"
    if asks_leave(reading, products) or ending(reading, products) is not None:
        return "policy"
    if spends_points(reading):
        return "points"
    if counts_lost_regulars(reading):
        return "metric"
    if asks_behind(reading, today):
        return "explain"
    if intent not in ("plan", "what_if") and asks_odds(reading, today, catalog):
        return "what_if"
    if intent not in ("explain", "improve") and asks_whether_it_moved(reading, today, products):
        return "compare" if reading.dates else "explain"
    return None


def refined(reading: Reading, intent: Intent, today: date, catalog: Catalog) -> Intent:
    """The intent that the clause has for certain.

    "Why is it so low" asks what is wrong now, which is advice; "get me to 70 by Christmas for 500 yuan" is a plan; how
    points are earned is a rule; the value of a figure in days to come is a forecast. What `_by_situation` knows goes
    before all of them.
    """
    situation = _by_situation(reading, intent, today, catalog)
    if situation is not None:
        return situation
    if intent == "explain" and _is_level(reading):
        return "improve"
    if intent != "improve" and _WEAKEST.search(reading.text) and not _moved(reading):
        return "improve"
    if intent == "forecast" and (_is_drawn(reading, today) or _is_gone(reading, today)):
        return "metric"
    if intent == "improve" and _earns_points(reading):
        return "policy"
    if intent in ("metric", "overview") and against_last_year(reading.text, today):
        return "compare"
    if intent == "metric" and _lies_ahead(reading, today):
        return "forecast"
    if intent in ("metric", "improve", "effect", "plan", "compare") and _supposes(reading, intent):
        return "what_if"
    if intent in ("improve", "what_if") and _is_plan(reading, today, catalog):
        return "plan"
    return intent
