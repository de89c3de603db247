"""What is wrong with a rule: a number, a name or a date that the passages it names do not bear out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from knowledge.rules import Rule
from knowledge.types import Document, Locale

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])\d+(?:,\d{3})*(?:\.\d+)?(?:\s*%)?")
_ONCE = re.compile(r"\bonce\b|一次", re.IGNORECASE)
_SIZE = re.compile(r"(?<=\d)[x×](?=\d)")
_RULE_LINE = re.compile(r"\|[\s:|-]+\|")
LOCALES: tuple[Locale, ...] = ("zh", "en")


class Shelf(NamedTuple):
    """What rules are held against."""

    documents: Mapping[str, Document]
    texts: Mapping[str, str]  # section and text by passage id

    def document(self, passage: str) -> Document | None:
        return self.documents.get(passage.partition("#")[0])


class RuleProblem(NamedTuple):
    """One thing to correct."""

    rule: str
    message: str


def behind(rule: Rule, shelf: Shelf) -> list[Document]:
    """The documents whose passages the rule names, as far as they exist."""
    named = [cited.of(locale) for cited in rule.passages for locale in LOCALES]
    found = {id: shelf.document(id) for id in named if id is not None}
    return list({d.id: d for d in found.values() if d is not None}.values())


def problems_of(rule: Rule, shelf: Shelf) -> list[RuleProblem]:
    """Everything wrong with one settled rule."""
    said = [*_passages(rule, shelf), *_dates(rule, behind(rule, shelf))]
    if not said:  # without its passages nothing can be held against them
        for locale in LOCALES:
            said += _text(rule, shelf, locale)
    if not (rule.numbers or rule.codes or rule.says.zh or rule.says.en):
        said.append("It states nothing that a passage could bear out. Give it a number, or `says`.")
    return [RuleProblem(rule.id, f"rule {rule.id}: {message}") for message in said]


def conflicts(rules: Iterable[Rule]) -> list[RuleProblem]:
    """Ids that stand twice, rules of one subject that hold on the same day without owning to it, and disputes with
    nobody."""
    known = sorted(rules, key=lambda rule: rule.id)
    ids = {rule.id for rule in known}
    found = [
        RuleProblem(r.id, f"rule {r.id}: It disputes '{other}', which does not exist. Correct the id.")
        for r in known
        for other in r.disputes
        if other not in ids
    ]
    for one, two in combinations(known, 2):
        if one.id == two.id:
            found.append(RuleProblem(one.id, f"rule {one.id}: This id stands twice. Give one of the two another id."))
        elif _clash(one, two):
            what = (
                f"It gives another number than '{two.id}' on the same day. End the older one, or name it in `disputes`."
            )
            found.append(RuleProblem(one.id, f"rule {one.id}: {what}"))
    return found


def numbers_in(text: str) -> set[float]:
    """Every number of a text, dates left out; "95 %" counts as 95 and as 0.95, "once" as 1."""
    plain = _SIZE.sub(" ", _DATE.sub(" ", text))
    found: set[float] = {1.0} if _ONCE.search(plain) else set()
    for token in _NUMBER.findall(plain):
        number = float(token.rstrip("% \t\n").replace(",", ""))
        found |= {number, round(number / 100, 12)} if token.endswith("%") else {number}
    return found


def about(text: str, words: str | None) -> str:
    """The text without those rows of its tables that do not hold `words`: they are other rules' numbers."""
    if words is None:
        return text
    lines = text.splitlines()
    heads = {i - 1 for i, line in enumerate(lines) if _RULE_LINE.fullmatch(line.strip())}
    kept = (line for i, line in enumerate(lines) if not line.lstrip().startswith("|") or i in heads or words in line)
    return "\n".join(kept)


def _passages(rule: Rule, shelf: Shelf) -> list[str]:
    said = []
    for cited in rule.passages:
        for locale, id in (("zh", cited.zh), ("en", cited.en)):
            document = shelf.document(id) if id is not None else None
            if id is not None and (document is None or id not in shelf.texts):
                said.append(f"There is no passage '{id}'. Correct the document's id or the section's number.")
            elif document is not None and document.locale != locale:
                said.append(f"'{id}' is not in the language it stands under ({locale}). Put it under the other one.")
        said += _pair(cited.zh, cited.en, shelf)
    return said


def _pair(zh: str | None, en: str | None, shelf: Shelf) -> list[str]:
    """A rule speaks both languages where its document does."""
    if zh is not None and en is not None:
        one, two = shelf.document(zh), shelf.document(en)
        if one is not None and two is not None and one.counterpart != two.id:
            return [f"'{zh}' and '{en}' are not of one document in two languages. Name counterparts."]
        return []
    only = zh or en
    document = shelf.document(only) if only is not None else None
    if only is None:
        return ["A passage is named in no language. Name one."]
    if document is not None and document.counterpart is not None:
        return [f"'{only}' has a counterpart, '{document.counterpart}'. Name its passage too."]
    return []


def _dates(rule: Rule, documents: Sequence[Document]) -> list[str]:
    said = []
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        said.append(
            f"It would end on {rule.valid_until}, before it begins. Correct its dates, or the passages it names."
        )
    for document in documents:
        early = document.valid_from is not None and (rule.valid_from or date.min) < document.valid_from
        late = document.valid_until is not None and (rule.valid_until or date.max) > document.valid_until
        if early or late:
            span = f"{document.valid_from or '…'} to {document.valid_until or '…'}"
            said.append(f"Its dates leave those of '{document.id}' ({span}). Stay within them.")
    if len({d.tenant for d in documents}) > 1:
        said.append("Its passages belong to different tenants. Name passages of one.")
    return said


def _text(rule: Rule, shelf: Shelf, locale: Locale) -> list[str]:
    """What the passages of one language do not say."""
    ids = [id for cited in rule.passages if (id := cited.zh if locale == "zh" else cited.en) is not None]
    if not ids:
        return []
    words = rule.says.zh if locale == "zh" else rule.says.en
    whole = "\n".join(shelf.texts[id] for id in ids)
    where = " and ".join(ids)
    said = [f"'{code}' does not stand in {where}." for code in rule.codes if code not in whole]
    if words is not None and words not in whole:
        return [*said, f"The words '{words}' do not stand in {where}. Quote them as they are."]
    numbers = numbers_in(about(whole, words))
    missing = [number for number in rule.numbers if number not in numbers]
    return said + [
        f"The number {number:,.10g} does not stand in {where}. Correct it, or the passage." for number in missing
    ]


def _clash(one: Rule, two: Rule) -> bool:
    if one.subject is None or one.subject != two.subject or one.tenant != two.tenant:
        return False
    if two.id in one.disputes and one.id in two.disputes:
        return False
    begins = max(one.valid_from or date.min, two.valid_from or date.min)
    return begins <= min(one.valid_until or date.max, two.valid_until or date.max)
