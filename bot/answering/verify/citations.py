"""Citations exist, speak for the day, are dated and say what is quoted; rules have one; no stranger is named."""

import re
from collections.abc import Iterator

from bot.answering.render import references
from bot.answering.types import Finding
from bot.answering.verify.dates import dates
from bot.answering.verify.prepare import COVER, Case, Line, normal
from bot.answering.verify.words import load_words

_MARK = re.compile(r"\[([PM]\d+)\]")
_QUOTE = re.compile(r"[“\"「『]([^”\"」』]{8,})[”\"」』]")
_ID = re.compile(r"(?<![A-Za-z0-9\[{-])[A-Z]{1,4}\d{2,}(?![A-Za-z0-9])")
_OWNER = re.compile(r"\b([A-Z][\w&]+(?: [A-Z][\w&]+)*)['’]s (?=[a-zA-Z])")
_NOT_OWNERS = frozenset({"Alipay", "It", "Today", "There", "That", "What", "Let", "Here", "Peers", "Yesterday"})


def check_citations(case: Case, line: Line) -> Iterator[Finding]:
    yield from _references(case, line)
    yield from _validity(case, line)
    yield from _quotes(case, line)
    yield from _rules(case, line)
    yield from _strangers(case, line)


def check_dated(case: Case) -> Iterator[Finding]:
    """Every cited document that has dates is dated somewhere in the answer."""
    stated = [d for line in case.lines for d in (line.dates or dates(line.text))]
    for line in case.lines:
        for passage in case.cited(line):
            known = [d for d in (passage.document.valid_from, passage.document.valid_until) if d is not None]
            if known and not any(s.year is not None and s.among(known, case.today) for s in stated):
                yield Finding(
                    sentence=line.index,
                    kind="undated_rule",
                    said=passage.id,
                    expected=" to ".join(d.isoformat() for d in known),
                )


def _references(case: Case, line: Line) -> Iterator[Finding]:
    sentence = line.sentence
    for id in dict.fromkeys((*sentence.measurements, *references(sentence.text))):
        if id not in case.by_id:
            yield Finding(
                sentence=line.index, kind="unknown_reference", said=id, expected="a measurement of the evidence"
            )
    for id in references(sentence.text):
        if id not in sentence.measurements:
            yield Finding(
                sentence=line.index, kind="unknown_reference", said=id, expected="an id that the sentence lists"
            )
    for id in sentence.passages:
        if id not in case.passages:
            yield Finding(sentence=line.index, kind="unknown_citation", said=id, expected="a passage of the evidence")
    for id in _MARK.findall(line.text):
        listed = sentence.passages if id[0] == "P" else sentence.measurements
        if id not in listed:
            yield Finding(
                sentence=line.index, kind="unknown_citation", said=f"[{id}]", expected="an id that the sentence lists"
            )


def _validity(case: Case, line: Line) -> Iterator[Finding]:
    for passage in case.cited(line):
        if passage.document.validity(case.today) == "current" and passage.validity == "current":
            continue
        wanted = "upcoming" if "upcoming" in (passage.validity, passage.document.validity(case.today)) else "ended"
        if line.meaning(wanted) is None:
            yield Finding(
                sentence=line.index,
                kind="expired_citation",
                said=passage.id,
                expected=f"the sentence says that it is {wanted}",
            )


def _quotes(case: Case, line: Line) -> Iterator[Finding]:
    cited = case.cited(line)
    if not cited:
        return
    sources = [normal(p.text) for p in cited]
    for found in _QUOTE.finditer(line.text):
        covered = line.open[found.start(1) : found.end(1)].strip(COVER + " ，,。.") == ""
        if not covered and not any(normal(found[1]) in source for source in sources):
            yield Finding(
                sentence=line.index, kind="unsupported_quote", said=found[1][:60], expected="words of the cited passage"
            )


def _rules(case: Case, line: Line) -> Iterator[Finding]:
    """A limit, or a number beside a programme's name, is a rule: it needs its passage."""
    if line.sentence.passages or line.sentence.block == "question":
        return
    strong = line.meaning("rule.strong")
    programme = line.meaning("rule.programme")
    if strong is not None or (programme is not None and line.numerals and not line.sentence.measurements):
        said = strong or programme
        yield Finding(
            sentence=line.index,
            kind="missing_citation",
            said=said.text if said else "",
            expected="the passage that states the rule",
        )


def _strangers(case: Case, line: Line) -> Iterator[Finding]:
    """Ids and shop names that are not of the evidence, beside figures or comparisons."""
    known = {card.merchant.merchant_id for card in case.evidence.cards} | {
        m.merchant_id for m in case.evidence.measurements
    }
    for found in _ID.finditer(line.open):
        if found[0] not in known and not any(found[0] in p.text for p in case.cited(line)):
            yield Finding(sentence=line.index, kind="wrong_merchant", said=found[0], expected="a shop of the evidence")
    if not line.sentence.measurements and not line.numerals and not line.mentions:
        return
    yield from _named(case, line)


def _named(case: Case, line: Line) -> Iterator[Finding]:
    words = load_words()
    for found in words.shop.finditer(line.open):
        name = _after_generic(found[0], words.generic)
        if len(name) >= 3 and not any(name in p.text for p in case.cited(line)):
            yield Finding(sentence=line.index, kind="wrong_merchant", said=name, expected="the asker's own shop")
    for found in _OWNER.finditer(line.open):
        if found[1] not in _NOT_OWNERS and found[1].lower() not in ("your", "ccare"):
            yield Finding(sentence=line.index, kind="wrong_merchant", said=found[1], expected="the asker's own shop")


def _after_generic(name: str, generic: tuple[str, ...]) -> str:
    """What is left of a name behind words like 同类 or 你的; too short where only a kind of shop was said."""
    at = max((name.rfind(word) + len(word) for word in generic if word in name), default=0)
    return name[at:]
