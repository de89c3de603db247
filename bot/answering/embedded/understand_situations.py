"""What a question asks for certain, told by classes of words in data/situations.yaml and by what it names."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.embedded.slots_kinds import ANYTHING, kind_of
from bot.answering.embedded.slots_target import find_target
from bot.answering.embedded.understand_reading import Reading
from tools.catalog import Catalog

REGULARS = "users.regulars"
_STOP = re.compile(r"[,;.?!]")
_RETURNING, _COMING = "return_rate_28d", "visitors_28d"


def says(reading: Reading, *groups: str) -> bool:
    """Whether the text has a word of every one of these groups."""
    cues = load_cues("situations.yaml")
    return all(cues[group].search(reading.text) for group in groups)


def lies_ahead(reading: Reading, today: date) -> bool:
    gone = bool(reading.dates) and all(m.span.end < today for m in reading.dates)
    return any(m.span.start > today for m in reading.dates) or (not gone and says(reading, "ahead"))


def has_moved(reading: Reading) -> bool:
    cues = load_cues()
    return says(reading, "moving") or bool(cues["fall"].search(reading.text) or cues["rise"].search(reading.text))


def asks_behind(reading: Reading, today: date) -> bool:
    """Whether somebody wants to know what is behind a change: who is to blame for it, or whether it is good news.

    Both are answered by what moved and why, with what is to be minded; what may come is neither.
    """
    if load_cues()["if"].search(reading.text) and not says(reading, "blame"):
        return False
    told = has_moved(reading) and not lies_ahead(reading, today)
    return told and (says(reading, "blame") or (says(reading, "judged") and _figures(reading)))


def asks_whether_it_moved(reading: Reading, today: date, products: Mapping[str, str]) -> bool:
    """ "Has it changed?" asks about days gone by, of one's own figure: not of the peers', not of what an action did."""
    return (
        says(reading, "whether")
        and _figures(reading)
        and not lies_ahead(reading, today)
        and not says(reading, "peers")
        and not reading.of("product")
        and kind_of(reading.text, None, products) is None
    )


def asks_odds(reading: Reading, today: date, catalog: Catalog) -> bool:
    """ "How likely is it that I get there?" about one's own figure: a what-if, which carries its odds."""
    if not says(reading, "odds") or not _figures(reading) or any(m.span.start > today for m in reading.dates):
        return False
    return find_target(reading, None, catalog) is not None or says(reading, "reach", "peers")


def asks_leave(reading: Reading, products: Mapping[str, str]) -> bool:
    """Whether the asker wants to know if something may be done for a shop that is named; the way to do it is another
    question."""
    return (
        says(reading, "leave")
        and not says(reading, "way")
        and bool(reading.shops)
        and product_of(reading, products) is not None
    )


def of_a_shop(reading: Reading) -> bool:
    """Whether a question about a rule is asked of a shop that is named by its number."""
    asked = (says(reading, "leave") and not says(reading, "way")) or says(reading, "ends")
    return asked and any(c.isdigit() for shop in reading.shops for c in shop.asked)


def spends_points(reading: Reading) -> bool:
    """What to do with the incentive points of a shop that is named: asked of its balance, not of the rules alone."""
    named = any(m.id == "incentive_points" for m in reading.of("product"))
    return named and bool(reading.shops) and says(reading, "spending")


def ending(reading: Reading, products: Mapping[str, str]) -> str | None:
    """The kind of action whose end is asked for; None where the question is about something else.

    It is named before the words that ask, or in the same clause: "points that expire soon, for ads" ends no ads.
    """
    asked = load_cues("situations.yaml")["ends"].search(reading.text)
    if asked is None or says(reading, "general") or reading.of("dimension", "score"):
        return None
    stop = _STOP.search(reading.text, asked.end())
    named = reading.text[: stop.start()] if stop else reading.text
    kind = kind_of(named, None, products)
    return kind if kind in products and kind != ANYTHING else None


def product_of(reading: Reading, products: Mapping[str, str]) -> str | None:
    """The product that is named, or else that of a named kind of action; a mini program is mostly named in passing."""
    named = [m.id for m in reading.of("product")]
    kind = kind_of(reading.text, None, products)
    found = [
        *(p for p in named if p != "mini_program"),
        *([products[kind]] if kind is not None and kind in products else []),
        *named,
    ]
    return next(iter(found), None)


def counts_lost_regulars(reading: Reading) -> bool:
    """How many regulars are gone, or which customers: nobody holds names, but their number and worth are known."""
    return says(reading, "count", "regulars", "gone") or says(reading, "who", "customers", "gone")


def speaks_of_messages(reading: Reading, products: Mapping[str, str]) -> bool:
    """Whether the messages of the life account are meant, 客服消息, and not a person to speak to."""
    return kind_of(reading.text, None, products) == "customer_message" and not says(reading, "person")


def of_returning(reading: Reading, meant: Mapping[str, float]) -> Mapping[str, float]:
    """The chances of what is meant, where people come back: then it is not how many come."""
    if not says(reading, "returns") or _RETURNING not in meant or _COMING not in meant:
        return meant
    return {**meant, _RETURNING: meant[_RETURNING] + meant[_COMING], _COMING: 0.0}


def only_tells(clause: Reading, then: Sequence[Reading], today: date) -> bool:
    """Whether a clause tells of a change that the next one asks about, and asks nothing itself."""
    if not then or not has_moved(clause) or says(clause, "blame"):
        return False
    behind = says(then[0], "blame") or says(then[0], "judged")
    return behind and not lies_ahead(clause, today) and not load_cues()["why"].search(clause.text)


def _figures(reading: Reading) -> bool:
    return bool(reading.of("metric", "dimension", "score"))
