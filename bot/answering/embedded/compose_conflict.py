"""Disagreement of documents: two that speak for the same day and state different limits for the same thing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.embedded.compose_rules import sentences, terms
from knowledge.types import Passage

_CLAUSE = re.compile(r"[，。；;]|,\s|\.\s")
_LIMIT = re.compile(r"最多|至多|不超过|上限|\d ?[到至-] ?\d|at most|up to|no more than|maximum|\d to \d", re.IGNORECASE)
# A number or a range with what it counts: 10 个(触发词), 1 到 8 个字, 6 trigger (words)
_AMOUNT = re.compile(r"(\d[\d,]*(?: ?(?:到|至|-|to) ?\d[\d,]*)?) ?(个?字|[\u4e00-\u9fff]|[a-z]+)", re.IGNORECASE)
# Terms that name no thing: they would make any two limits look alike
_FUNCTION = re.compile(
    r"[最多至超过填写每只的按几个字能可少大要]|^.{1,3}$(?<=[a-z])|^(?:words|each|there|which|number|maximum|characters)$"
)
_ANY_PRODUCT = "playbook"  # playbooks speak of many products: their limits are of different things

Said = tuple[str, Passage]


@dataclass(frozen=True)
class Limit:
    """A clause that limits something: what it speaks of, and its amounts by unit."""

    passage: Passage
    sentence: str
    things: frozenset[str]
    amounts: tuple[tuple[str, str], ...]  # (unit, number or range)


def disagreement(passages: Sequence[Passage], asked: frozenset[str]) -> tuple[Said, Said] | None:
    """Two sentences of different current documents with different limits for what was asked; None where all agree."""
    current = [passage for passage in passages if passage.validity == "current"]
    about = asked - _common(current)
    limits = [limit for passage in current for limit in _limits(passage, about)]
    on_topic = max((len(limit.things) for limit in limits), default=0)
    best: tuple[bool, Said, Said] | None = None
    for i, one in enumerate(limits):
        for other in limits[i + 1 :]:
            shared = one.things & other.things
            if len(shared) >= on_topic and shared and _comparable(one, other) and _apart(one, other, shared, limits):
                plain = _plain(one) and _plain(other)
                if best is None or plain > best[0]:
                    best = (plain, (one.sentence, one.passage), (other.sentence, other.passage))
    return best[1:] if best is not None else None


def _limits(passage: Passage, asked: frozenset[str]) -> Iterator[Limit]:
    """Clauses with a limit on something that the question names."""
    for sentence in sentences(passage.text):
        for clause in _CLAUSE.split(sentence):
            amounts = tuple(
                (unit.lower().removeprefix("个") or "个", number) for number, unit in _AMOUNT.findall(clause)
            )
            things = frozenset(t for t in terms(clause) & asked if not t.isdigit() and not _FUNCTION.search(t))
            if amounts and things and _LIMIT.search(clause):
                yield Limit(passage, sentence, things, amounts)


def _common(passages: Sequence[Passage]) -> frozenset[str]:
    """Terms of most titles: the product's name is in everything, so it tells no two limits apart."""
    titles = {p.document.id: terms(p.document.title) for p in passages}
    counts = Counter(term for title in titles.values() for term in title)
    return frozenset(term for term, count in counts.items() if count > 1 and count * 2 > len(titles))


def _plain(limit: Limit) -> bool:
    """Whether the limit stands in a document of the platform itself, not in a summary or a sample."""
    return limit.passage.document.kind != "faq" and limit.passage.document.status == "sourced"


def _comparable(one: Limit, other: Limit) -> bool:
    a, b = one.passage.document, other.passage.document
    if a.product == _ANY_PRODUCT:
        return False
    return (
        a.id != b.id
        and b.id != a.counterpart
        and a.id != b.counterpart
        and a.product == b.product
        and a.locale == b.locale
    )


def _apart(one: Limit, other: Limit, shared: frozenset[str], limits: Sequence[Limit]) -> bool:
    """Whether the two documents have no amount in common for what both limit, in a unit that both use."""
    mine, theirs = (_amounts(limit.passage, shared, limits) for limit in (one, other))
    here = {unit for unit, _ in one.amounts} & {unit for unit, _ in other.amounts}
    return any(mine[unit].isdisjoint(theirs[unit]) for unit in here)


def _amounts(passage: Passage, shared: frozenset[str], limits: Sequence[Limit]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for limit in limits:
        if limit.passage.document.id == passage.document.id and shared <= limit.things:
            for unit, number in limit.amounts:
                found.setdefault(unit, set()).add(number)
    return found
