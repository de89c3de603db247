"""Disagreement of documents: two that speak for the same day and state different limits for the same thing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering.embedded.compose_picks import Pick, statements
from bot.answering.embedded.compose_rules import sentences, terms
from bot.answering.types import Side
from knowledge.facts import Counted, counted
from knowledge.lexicon import simplify
from knowledge.rules_proof import numbers_in
from knowledge.types import Passage
from knowledge.words import stem

_CLAUSE = re.compile(r"[，。；;]|,\s|\.\s")
_LIMIT = re.compile(r"最多|至多|不超过|上限|\d ?[到至-] ?\d|at most|up to|no more than|maximum|\d to \d", re.IGNORECASE)
# A number or a range with what it counts: 10 个(触发词), 1 到 8 个字, 6 trigger (words)
_AMOUNT = re.compile(r"(\d[\d,]*(?: ?(?:到|至|-|to) ?\d[\d,]*)?) ?(个?字|[\u4e00-\u9fff]|[a-z]+)", re.IGNORECASE)
# Terms that name no thing: they would make any two limits look alike
_FUNCTION = re.compile(
    r"[最多至超过填写每只的按几个字能可少大要]|^.{1,3}$(?<=[a-z])|^(?:words|each|there|which|number|maximum|characters)$"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4} ?年(?: ?\d{1,2} ?月)?(?: ?\d{1,2} ?日)?|\b(?:19|20)\d{2}\b")
_NUMBER = re.compile(r"\d+(?:,\d{3})*")
_TOPIC = 0.6  # of what the best limit holds of the question, so much must be shared
_ALIKE = 0.6  # of the words of the longer statement, so many must stand in both
_ANY_PRODUCT = "playbook"  # playbooks speak of many products: their limits are of different things

Said = tuple[str, Passage]


@dataclass(frozen=True)
class Limit:
    """A clause that limits something: what it speaks of, and its amounts by unit."""

    passage: Passage
    sentence: str
    things: frozenset[str]
    amounts: tuple[tuple[str, str], ...]  # (unit, number or range)


def disputed(
    passages: Sequence[Passage], disputes: Sequence[tuple[Side, Side]], asked: str, best: Pick
) -> tuple[Said, Said] | None:
    """Both sides of a known dispute of which the best statement is one, or which it tells of; None where something else
    is asked of that statement, or only one side holds on the day asked about."""
    told = _told(asked, best.text)
    for sides in disputes:
        differing = [set(a.numbers) - set(b.numbers) for a, b in (sides, sides[::-1])]
        mine = [
            best.passage.passage_id in side.passages and bool(told & d)
            for side, d in zip(sides, differing, strict=True)
        ]
        if not any(mine) and not (best.passage.document.kind == "faq" and all(told & d for d in differing)):
            continue
        stated = [_stated(side, d, passages, best) for side, d in zip(sides, differing, strict=True)]
        if stated[0] is not None and stated[1] is not None:
            return stated[0], stated[1]
    return None


def _told(asked: str, text: str) -> set[float]:
    """The numbers of a statement in the unit that is asked about, where it has any in that unit: "10 words of 1 to 8
    characters each" gives 10 to "how many words"."""
    by_unit = _counted(text)
    meant = _meant(by_unit, counted(simplify(asked)))
    return numbers_in(" ".join(n for unit in meant for n in by_unit[unit]) if meant else text)


def _stated(side: Side, numbers: set[float], passages: Sequence[Passage], best: Pick) -> Said | None:
    """The sentence that states a side, in the best statement's language where there is one."""
    own = [p for p in passages if p.passage_id in side.passages and p.validity == "current"]
    own.sort(key=lambda p: p.document.locale != best.passage.document.locale)
    found = ((text, p) for p in own for text in statements(p.text) if numbers <= numbers_in(text))
    return next(found, None)


def disagreement(passages: Sequence[Passage], asked: str, best: Pick) -> tuple[Said, Said] | None:
    """Two sentences of different documents, both in force on the day asked about, that state different numbers for what
    was asked; None where all agree."""
    current = [passage for passage in passages if passage.validity == "current"]
    return _limits_apart(current, asked) or _alike_apart(current, asked, best) or _told_apart(current, asked, best)


def _limits_apart(current: Sequence[Passage], asked: str) -> tuple[Said, Said] | None:
    """Two limits of one thing that the question names."""
    about, unit = terms(asked) - _common(current), counted(simplify(asked))
    limits = [limit for passage in current for limit in _limits(passage, about)]
    on_topic = max((len(limit.things) for limit in limits), default=0)
    best: tuple[bool, Said, Said] | None = None
    for i, one in enumerate(limits):
        for other in limits[i + 1 :]:
            shared = one.things & other.things
            if (
                len(shared) >= _TOPIC * on_topic
                and shared
                and _comparable(one, other)
                and _apart(one, other, shared, limits, unit)
            ):
                plain = _plain(one) and _plain(other)
                if best is None or plain > best[0]:
                    best = (plain, (one.sentence, one.passage), (other.sentence, other.passage))
    return best[1:] if best is not None else None


def _alike_apart(current: Sequence[Passage], asked: str, best: Pick) -> tuple[Said, Said] | None:
    """The best statement and one of another document that says the same in nearly the same words with other numbers."""
    if best.passage.validity != "current":
        return None
    mine, words, unit = _counted(best.text), _words(best.text), counted(simplify(asked))
    for passage in current:
        if not (mine and words and _comparable_documents(best.passage, passage)):
            continue
        for text in statements(passage.text):
            theirs, others = _counted(text), _words(text)
            alike = len(words & others) >= _ALIKE * max(len(words), len(others))
            here = mine.keys() & theirs.keys()
            if alike and any(mine[u].isdisjoint(theirs[u]) for u in _meant(here, unit) or here):
                return (best.text, best.passage), (text, passage)
    return None


def _told_apart(current: Sequence[Passage], asked: str, best: Pick) -> tuple[Said, Said] | None:
    """The two limits that a summary tells of, from the documents that state them: it holds both numbers."""
    told = {number.replace(",", "") for number in _NUMBER.findall(_DATE.sub(" ", best.text))}
    about = terms(asked)
    found: dict[str, Said] = {}
    for passage in current:
        if passage.document.kind == "faq" or passage.document.locale != best.passage.document.locale:
            continue
        for text in statements(passage.text):
            numbers = {number.replace(",", "") for number in _NUMBER.findall(_DATE.sub(" ", text))} & told
            if len(numbers) == 1 and about & terms(text) & terms(best.text):
                found.setdefault(next(iter(numbers)), (text, passage))
    sides = list(found.values())
    if best.passage.document.kind != "faq" or len(sides) != 2 or not _comparable_documents(sides[0][1], sides[1][1]):
        return None
    return sides[0], sides[1]


def _words(text: str) -> frozenset[str]:
    """What a statement says apart from its numbers."""
    return frozenset(term for term in terms(_DATE.sub(" ", text)) if not term.isdigit())


def _counted(text: str) -> dict[str, set[str]]:
    """The numbers of a statement by what they count, dates left out."""
    found: dict[str, set[str]] = {}
    for number, unit in _AMOUNT.findall(_DATE.sub(" ", text)):
        found.setdefault(unit.lower().removeprefix("个") or "个", set()).add(number.replace(",", ""))
    return found


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
    return _comparable_documents(one.passage, other.passage)


def _comparable_documents(one: Passage, other: Passage) -> bool:
    a, b = one.document, other.document
    if a.product == _ANY_PRODUCT:
        return False
    return (
        a.id != b.id
        and b.id != a.counterpart
        and a.id != b.counterpart
        and a.product == b.product
        and a.locale == b.locale
    )


def _apart(one: Limit, other: Limit, shared: frozenset[str], limits: Sequence[Limit], asked: Counted) -> bool:
    """Whether the two documents have no amount in common for what both limit, in a unit that both use; in the one
    that the question counts in, where they use that."""
    whole, rest = _counted(one.sentence), _counted(other.sentence)
    meant = _meant(whole.keys() & rest.keys(), asked)
    if meant:
        return any(whole[unit].isdisjoint(rest[unit]) for unit in meant)
    mine, theirs = (_amounts(limit.passage, shared, limits) for limit in (one, other))
    here = {unit for unit, _ in one.amounts} & {unit for unit, _ in other.amounts}
    return any(mine[unit].isdisjoint(theirs[unit]) for unit in here)


def _meant(units: Iterable[str], asked: Counted) -> set[str]:
    """Those of some units in which the question counts."""
    return {unit for unit in units if unit == asked.classifier or stem(unit) == asked.noun}


def _amounts(passage: Passage, shared: frozenset[str], limits: Sequence[Limit]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for limit in limits:
        if limit.passage.document.id == passage.document.id and shared <= limit.things:
            for unit, number in limit.amounts:
                found.setdefault(unit, set()).add(number)
    return found
