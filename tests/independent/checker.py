"""A reader who trusts nothing: every figure and comparison in an answer's text, recomputed from the raw tables.

`python -m tests.independent.checker PLATFORM QUESTIONS ANSWERS [--all]` prints what is wrong or unexplained and a
total; exit code 1 when anything is. Of an answer it reads the text and the citations' quotes, nothing else.
"""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import passages, statements
from .claims import Carry, Scene, claims, subject
from .days import known, role
from .findings import Finding, Verdict, verdict
from .lexicon import Mention, lexicon
from .moves import Move, catalog
from .reading import Number, Sentence, dates, numbers, sentences
from .rows import load
from .truth import WINDOWS, Claim, Truth

__all__ = ["Finding", "Reader", "asked_merchant", "check"]
PERIOD_UNITS = {"days": 1, "weeks": 7, "months": 30}


@dataclass(frozen=True)
class Reader:
    """Checks texts about one merchant. `quotes` are the citations' words by P id; `asked` is the question."""

    truth: Truth
    quotes: dict[str, str]
    asked: str = ""

    def read(self, text: str) -> list[Finding]:
        carry, found = Carry(), []
        for sentence in sentences(catalog().veil(self._without_names(text))):
            if sentence.passages:
                quoted = [self.quotes.get(p, "") for p in sentence.passages]
                found += passages.judge(sentence, quoted, self.truth.today)
            else:
                found += self._sentence(sentence, carry)
        return found

    def _without_names(self, text: str) -> str:
        text = re.sub(r"(?<![A-Za-z0-9])M\d{4,}(?!\d)", "", lexicon().cut(text))
        for name in _names_with_digits(self.truth.platform):
            text = text.replace(name, "")
        return text

    def _sentence(self, sentence: Sentence, carry: Carry) -> list[Finding]:
        whens = dates(sentence.text, self.truth.today)
        text = list(sentence.text)
        for when in whens:
            text[when.start : when.end] = "＿" * (when.end - when.start)
        blank = "".join(text)
        mentions = lexicon().mentions(blank)
        figures = [n for n in numbers(blank) if not any(m.start <= n.start < m.end for m in mentions)]
        mentions = _without_nouns(mentions, figures)
        scene = Scene(blank, mentions, figures, whens, self.truth.day, carry)
        moves = catalog().named(sentence.ahead, subject(scene, len(blank), "metric"))
        found = [self._number(scene, n, sentence, moves) for n in scene.numbers]
        found += [statements.judge(self.truth, scene, m, blank) for m in mentions if m.kind in statements.KINDS]
        found += statements.definitions(scene, blank)
        found += self._dates(scene, sentence, moves)
        if any(m.kind == "free" for m in mentions):
            found.append(Finding("free", blank, verdict(any(not m.cost for m in moves)), "step", "cost of the step"))
        _remember(scene, carry)
        return found

    def _dates(self, scene: Scene, sentence: Sentence, moves: Sequence[Move]) -> list[Finding]:
        found = []
        for when in scene.whens:
            how = role(scene.text, when)
            holds = known(how, when, self.truth.day, self.truth.today, self.asked, moves)
            said = sentence.text[when.start : when.end]
            found.append(Finding(said, sentence.text, verdict(holds), "date", f"{how} {when.last}"))
        return found

    def _number(self, scene: Scene, number: Number, sentence: Sentence, moves: Sequence[Move]) -> Finding:
        said = number.text + number.noun
        if step := _step(scene, number, sentence, moves):
            return Finding(said, sentence.text, step, "step", f"{number.unit} of the step")
        if number.unit in PERIOD_UNITS and (window := _window(scene, number)):
            return Finding(said, sentence.text, window, "window")
        possible = claims(scene, number)
        for claim in possible:
            if self._holds(claim, number):
                return Finding(said, sentence.text, "right", "figure", str(claim))
        if scene.between(0, len(scene.text), "target") and _in_question(number, self.asked):
            return Finding(said, sentence.text, "right", "asked")
        if possible:
            expected = self.truth.expected(possible[0], number.unit)
            return Finding(said, sentence.text, "wrong", "figure", str(possible[0]), expected)
        return Finding(said, sentence.text, "unexplained", "nothing")

    def _holds(self, claim: Claim, number: Number) -> bool:
        expected = self.truth.expected(claim, number.unit)
        if expected is None:
            return False
        if claim.statistic in ("change", "against_peers") and not (number.signed and claim.statistic == "change"):
            if (claim.direction == "up" and expected < 0) or (claim.direction == "down" and expected > 0):
                return False
            expected = abs(expected)
        return abs(expected - number.value) <= number.step / 2 + 1e-9 * max(1.0, abs(expected))


@lru_cache(maxsize=4)
def _names_with_digits(platform: Path) -> list[str]:
    names = {s.name for s in load(platform).shops.values() if any(c.isdigit() for c in s.name)}
    return sorted(names, key=len, reverse=True)


def _step(scene: Scene, number: Number, sentence: Sentence, moves: Sequence[Move]) -> Verdict | None:
    """Hours, and yuan behind a step that names no metric: what the catalog says that the step takes."""
    if number.unit in ("hours", "minutes"):
        hours = number.value / (60 if number.unit == "minutes" else 1)
        return verdict(any(m.hours == hours for m in moves)) if moves else "unexplained"
    named = scene.between(0, number.start, "metric", "dimension")
    costs = re.search(r"花费?|费用|预算|要|about|costs?|budget|,", scene.text[: number.start])
    if number.unit != "yuan" or named or not costs or not any(c in catalog().meant for c in sentence.ahead):
        return None
    return verdict(any(m.cost == number.value for m in moves))


def _in_question(number: Number, asked: str) -> bool:
    return any(n.value == number.value and n.unit in (number.unit, None) for n in numbers(asked))


def _without_nouns(mentions: list[Mention], figures: list[Number]) -> list[Mention]:
    """Leaves out the visitors of "18 % (12 of 53 visitors)": behind a number and another metric they are its unit."""
    nouns = [(n.end, n.end + 1 + len(n.noun)) for n in figures if n.noun]
    inside = [m for m in mentions if m.kind == "metric" and any(a <= m.start and m.end <= b for a, b in nouns)]
    named = [m for m in mentions if m.kind == "metric" and m not in inside]
    return [m for m in mentions if m not in inside or not any(n.start < m.start for n in named)]


def _remember(scene: Scene, carry: Carry) -> None:
    """What the next sentence may leave unsaid. A score that a metric would raise is not the topic."""
    raising = scene.between(0, len(scene.text), "gain")
    for mention in scene.mentions:
        if mention.kind == "metric":
            carry.metric = carry.latest = mention.key
        elif mention.kind == "dimension" and not (raising and carry.metric and mention.start > raising[0].start):
            carry.dimension = carry.latest = mention.key
    defined = [catalog().defined[c] for c in scene.text if c in catalog().defined]
    if defined and carry.metric is None:
        carry.metric = carry.latest = defined[0]
    if scene.dated("as_of"):
        carry.day = scene.default
    if earlier := scene.dated("since"):
        carry.then = earlier[-1].last


def _window(scene: Scene, number: Number) -> Verdict | None:
    """A length of time behind a word such as 近 or last, or before 内, 前, ago: must be the metric's own window."""
    assert number.unit is not None
    ahead, behind = scene.text[: number.start], scene.text[number.end + len(number.noun) :]
    marked = re.search(
        r"(?:最近|近|过去|前|前面|这|每|上一个|之前|\b(?:last|past|previous|over|in|within|the|every|each|before|first|to))\s*$",
        ahead,
        re.IGNORECASE,
    )
    if not marked and not re.match(r"\s*(?:内|里|前|之前|以来|的|ago|before|earlier|window)", behind):
        return None
    low, high = scene.clause(number.start)
    about = subject(scene, number.start, "metric")
    named = [m.key for m in scene.between(low, high, "metric")] or ([about] if about else [])
    days = number.value * PERIOD_UNITS[number.unit]
    allowed = WINDOWS.get(named[-1], {28}) if named else {28, 56, 90, 180, 364}
    fits = days in allowed or (days in (28, 364) and "ago" in behind)
    return "right" if fits else "wrong" if named else "unexplained"


def check(answer: dict[str, Any], platform: Path, merchant_id: str, now: datetime | date) -> list[Finding]:
    """Findings for one answer (a dict with text, citations and question) about one merchant."""
    today = now.date() if isinstance(now, datetime) else now
    quotes = {
        c["id"]: " ".join(str(c.get(k) or "") for k in ("quote", "title", "section", "valid_from", "valid_until"))
        for c in answer.get("citations", ())
    }
    return Reader(Truth(platform, merchant_id, today), quotes, answer.get("question", "")).read(answer["text"])


def asked_merchant(question: dict[str, Any], platform: Path) -> str | None:
    """The shop a question is about: the asker's own, else the one it names by id or by name."""
    role, who = question["as"].split(":")
    shops = load(platform).shops
    if role == "merchant":
        return who if who in shops else None
    named = [m for m, s in shops.items() if m in question["question"] or (s.name and s.name in question["question"])]
    return max(named, key=lambda m: len(shops[m].name), default=None)


def main(arguments: list[str]) -> int:
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    if len(paths) != 3:
        print("checker needs a directory and two files: checker PLATFORM QUESTIONS ANSWERS [--all]")
        return 2
    platform = paths[0]
    questions, answers = (
        [json.loads(x) for x in p.read_text(encoding="utf-8").splitlines() if x.strip()] for p in paths[1:]
    )
    asked = {q["id"]: q for q in questions}
    counts = {"right": 0, "wrong": 0, "unexplained": 0, "answers": 0}
    for answer in answers:
        question = asked[answer["id"]]
        merchant = asked_merchant(question, platform) or next(iter(load(platform).shops))
        counts["answers"] += 1
        for finding in check(answer, platform, merchant, datetime.fromisoformat(question["now"])):
            counts[finding.verdict] += 1
            if finding.verdict != "right" or "--all" in arguments:
                print(answer["id"], merchant, finding)
    print(counts)
    return 1 if counts["wrong"] + counts["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
