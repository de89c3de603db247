"""A reader who trusts nothing: every figure and comparison in an answer's text, recomputed from the raw tables.

`python -m tests.independent.checker PLATFORM QUESTIONS ANSWERS [--all]` prints what is wrong or unexplained and a
total; exit code 1 when anything is. Of an answer it reads the text and the citations' quotes, nothing else.
"""

import json
import re
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from .claims import Carry, Scene, claims, day_of, subject
from .lexicon import Mention, lexicon
from .reading import Number, Sentence, dates, numbers, sentences
from .rows import load
from .truth import WINDOWS, Claim, Truth

Verdict = Literal["right", "wrong", "unexplained"]
PERIOD_UNITS = {"days": 1, "weeks": 7, "months": 30}


@dataclass(frozen=True)
class Finding:
    """One figure or comparison of a text. `kind`: figure, comparison, window, passage, move, asked or nothing."""

    said: str
    sentence: str
    verdict: Verdict
    kind: str
    claim: str = ""
    expected: float | None = None

    def __str__(self) -> str:
        expected = "" if self.expected is None else f", should be {self.expected:.6g}"
        return f"{self.verdict}: {self.said!r} as {self.claim or self.kind}{expected} | {self.sentence.strip()}"


@dataclass(frozen=True)
class Reader:
    """Checks texts about one merchant. `quotes` are the citations' words by P id; `asked` is the question."""

    truth: Truth
    quotes: dict[str, str]
    asked: str = ""

    def read(self, text: str) -> list[Finding]:
        carry, found = Carry(), []
        for sentence in sentences(self._without_names(text)):
            found += self._sentence(sentence, carry)
        return found

    def _without_names(self, text: str) -> str:
        text = re.sub(r"\bM\d{4,}\b", "", lexicon().cut(text))
        names = {s.name for s in load(self.truth.platform).shops.values() if any(c.isdigit() for c in s.name)}
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "")
        return text

    def _sentence(self, sentence: Sentence, carry: Carry) -> list[Finding]:
        if sentence.line != carry.line and carry.dimension:
            carry.latest = carry.metric or carry.dimension
        carry.line = sentence.line
        whens = dates(sentence.text, self.truth.today)
        text = list(sentence.text)
        for when in whens:
            text[when.start : when.end] = "＿" * (when.end - when.start)
        blank = "".join(text)
        mentions = lexicon().mentions(blank)
        figures = [n for n in numbers(blank) if not any(m.start <= n.start and n.end <= m.end for m in mentions)]
        mentions = _without_nouns(mentions, figures)
        scene = Scene(blank, mentions, figures, whens, self.truth.day, carry)
        found = [self._number(scene, n, sentence) for n in scene.numbers if n.value or n.unit]
        found += [f for m in mentions if m.kind == "comparison" and (f := self._comparison(scene, m, sentence))]
        _remember(carry, mentions)
        return found

    def _number(self, scene: Scene, number: Number, sentence: Sentence) -> Finding:
        said = number.text + number.noun
        if any(_stands_in(number, self.quotes.get(p, "")) for p in sentence.passages):
            return Finding(said, sentence.text, "right", "passage")
        if number.unit in PERIOD_UNITS and (window := _window(scene, number)):
            return Finding(said, sentence.text, window, "window")
        possible = claims(scene, number)
        for claim in possible:
            if self._holds(claim, number):
                return Finding(said, sentence.text, "right", "figure", str(claim))
        if self._asked_or_move(scene, number):
            return Finding(said, sentence.text, "right", "asked or move")
        if possible:
            return Finding(
                said, sentence.text, "wrong", "figure", str(possible[0]), self.truth.expected(possible[0], number.unit)
            )
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

    def _asked_or_move(self, scene: Scene, number: Number) -> bool:
        words = lexicon()
        if number.unit == "hours":
            return number.value in words.hours
        if number.unit == "minutes":
            return number.value / 60 in words.hours
        if number.unit == "yuan" and re.search(r"花|费用|预算|要钱|cost|budget|spend", scene.text):
            return number.value in words.costs
        targets = scene.between(0, len(scene.text), "target")
        return bool(targets) and any(n.value == number.value for n in numbers(self.asked))

    def _comparison(self, scene: Scene, mention: Mention, sentence: Sentence) -> Finding | None:
        about = subject(scene, mention.start, "metric", "dimension")
        said = scene.text[mention.start : mention.end]
        if about is None:
            return Finding(said, sentence.text, "unexplained", "comparison")
        place = Number(mention.start, mention.end, said, 0, 1, False, None)
        both = self.truth.compare(about, "peer_median", day_of(scene, place))
        claim = f"{about} {mention.key} the peers' median"
        if both is None:
            return Finding(said, sentence.text, "wrong", "comparison", claim)
        own, peer, lower = both
        apart = 0 if abs(own - peer) <= 1e-9 else 1 if own > peer else -1
        better = -apart if lower else apart
        true = {
            "above": apart > 0,
            "below": apart < 0,
            "better": better > 0,
            "worse": better < 0,
            "level": _about_level(own, peer),
        }
        return Finding(said, sentence.text, "right" if true[mention.key] else "wrong", "comparison", claim, peer)


def _about_level(own: float, peer: float) -> bool:
    """Level means: not told apart at three significant digits."""
    return f"{own:.3g}" == f"{peer:.3g}"


def _without_nouns(mentions: list[Mention], figures: list[Number]) -> list[Mention]:
    """Leaves out the visitors of "18 % (12 of 53 visitors)": behind a number and another metric they are its unit."""
    nouns = [(n.end, n.end + 1 + len(n.noun)) for n in figures if n.noun]
    inside = [m for m in mentions if m.kind == "metric" and any(a <= m.start and m.end <= b for a, b in nouns)]
    named = [m for m in mentions if m.kind == "metric" and m not in inside]
    return [m for m in mentions if m not in inside or not any(n.start < m.start for n in named)]


def _remember(carry: Carry, mentions: list[Mention]) -> None:
    for mention in mentions:
        if mention.kind == "metric":
            carry.metric = carry.latest = mention.key
        elif mention.kind == "dimension":
            carry.dimension = carry.latest = mention.key


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
    named = [m.key for m in scene.between(low, high, "metric")]
    days = number.value * PERIOD_UNITS[number.unit]
    allowed = WINDOWS.get(named[-1], {28}) if named else {28, 56, 90, 180, 364}
    return (
        "right" if days in allowed or (days in (28, 364) and "ago" in behind) else "wrong" if named else "unexplained"
    )


def _stands_in(number: Number, quote: str) -> bool:
    """Whether a passage says this number, in the same unit where both have one."""
    alike = [n for n in numbers(quote) if abs(abs(number.value) - abs(n.value)) < 1e-9]
    return any(n.unit == number.unit or None in (n.unit, number.unit) for n in alike)


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
