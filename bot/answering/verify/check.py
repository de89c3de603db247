"""verify: the findings of every check over every sentence, in order."""

from collections.abc import Iterator
from datetime import date

from bot.answering.types import Draft, Evidence, Finding, Verdict
from bot.answering.verify.citations import check_citations, check_dated
from bot.answering.verify.claims import check_claims
from bot.answering.verify.context import topic_of
from bot.answering.verify.figures import matches
from bot.answering.verify.numbers import check_numbers
from bot.answering.verify.numerals import numerals
from bot.answering.verify.prepare import Case, Line, hide, prepare
from tools.catalog import Catalog


def verify(draft: Draft, evidence: Evidence, catalog: Catalog, on: date) -> Verdict:
    """Hold a draft against its evidence. `on` is the asker's today.

    Works on the text as it will be read, so a figure that was typed is checked like one placed by reference.
    """
    case = prepare(draft, evidence, catalog, on)
    return Verdict(findings=(*_findings(case), *check_dated(case), *_suggestions(case)))


def _findings(case: Case) -> Iterator[Finding]:
    topic: frozenset[str] = frozenset()  # what the sentences so far spoke of last
    for line in case.lines:
        yield from check_numbers(case, line, topic)
        yield from check_claims(case, line, topic)
        yield from check_citations(case, line)
        yield from _vague(line)
        topic = topic_of(line) or topic


def _suggestions(case: Case) -> Iterator[Finding]:
    """A next question may repeat a figure, not bring in one. Choices of a question back come without evidence."""
    if not case.evidence.measurements and not case.evidence.passages:
        return
    for at, text in enumerate(case.draft.suggestions, start=len(case.lines)):
        for numeral in numerals(hide(text, case)):
            if not matches(numeral, list(case.evidence.measurements)):
                yield Finding(
                    sentence=at, kind="unknown_number", said=numeral.text, expected="a figure of the evidence"
                )


def _vague(line: Line) -> Iterator[Finding]:
    hit = line.meaning("vague")
    if hit is not None:
        yield Finding(
            sentence=line.index, kind="unknown_number", said=hit.text, expected="a figure with a measurement behind it"
        )
