"""Honest drafts must pass verify; the same drafts with one figure changed must not."""

import asyncio
import random
import re
from collections.abc import Iterator
from datetime import datetime

from bot.answering.measure import measure
from bot.answering.render import render
from bot.answering.retrieve import retrieve
from bot.answering.types import Draft, Evidence, Question, Sentence
from bot.answering.understand import understand
from bot.answering.verify import verify
from bot.assemble import Workbench, assemble
from bot.principals import resolve
from bot.settings import Settings
from tests.benchmarks.home import NOW
from tests.soak.outcome import Outcome

QUESTIONS = (
    "how do I raise my Active score?", "我的活跃分怎么提高?", "怎么把价值分做上去", "how is my shop doing?",
    "我的店最近怎么样", "what is my redemption rate?", "客单价是多少", "compare me with my peers",
    "跟上个月比怎么样", "how can I improve efficiency?",
)  # fmt: skip
MUTATED, HONEST = 2000, 500
FIGURE = re.compile(r"(?<![\d\[P-])\d+(?:\.\d+)?(?=%|\s*(?:points|users|shops|家|分|位))|(?<=[+-])\d+\.\d")


def mutated_figures(settings: Settings) -> Outcome:
    """Change one printed figure of an honest draft; verify must object."""
    chance = random.Random(7)
    trials = passed = 0
    examples: list[str] = []
    for draft, evidence, desk, now in _drafts(settings):
        for hostile, said in _mutations(draft, evidence, chance):
            trials += 1
            if verify(hostile, evidence, desk.catalog, now.date()).passed:
                passed += 1
                examples.append(said)
            if trials >= MUTATED:
                found = f"{passed} passed" + (f", e.g. “{examples[0]}”" if examples else "")
                return Outcome("drafts with one figure changed", trials, "all blocked", found, passed > 0)
    return Outcome("drafts with one figure changed", trials, "all blocked", f"only {trials} trials could be made", True)


def honest_drafts(settings: Settings) -> Outcome:
    """Drafts of the embedded composer, as they are."""
    trials = blocked = 0
    for draft, evidence, desk, now in _drafts(settings):
        trials += 1
        blocked += not verify(draft, evidence, desk.catalog, now.date()).passed
        if trials >= HONEST:
            break
    return Outcome("honest drafts", trials, "at most 2 % blocked", f"{blocked} blocked", blocked > 0.02 * trials)


def _drafts(settings: Settings) -> Iterator[tuple[Draft, Evidence, Workbench, datetime]]:
    desk = assemble(settings)
    now = datetime.fromisoformat(NOW).replace(tzinfo=settings.zone)
    for merchant in sorted(desk.meter.merchant_ids()):
        principal = resolve(f"merchant:{merchant}", desk.meter, on=now.date())
        for text in QUESTIONS:
            question = Question(id=f"{merchant}-{text}", text=text, principal=principal, now=now)
            plan = understand(question, desk)
            found, measured = retrieve(question, plan, desk), measure(question, plan, desk)
            evidence = Evidence(
                measurements=measured.measurements, cards=measured.cards, passages=found.passages,
                answerable=found.answerable, unavailable=measured.unavailable,
            )  # fmt: skip
            yield asyncio.run(desk.fallback.compose(question, plan, evidence)), evidence, desk, now


def _mutations(draft: Draft, evidence: Evidence, chance: random.Random) -> Iterator[tuple[Draft, str]]:
    """One literal, wrong figure in one sentence; everything else as it was."""
    lookup = {m.id: m for m in evidence.measurements}
    for index, sentence in enumerate(draft.sentences):
        printed = render(sentence, lookup, draft.language)
        spots = [] if sentence.passages else list(FIGURE.finditer(printed))
        if not spots:
            continue
        spot = chance.choice(spots)
        wrong = _other(spot.group(), chance)
        text = printed[: spot.start()] + wrong + printed[spot.end() :]
        hostile = Sentence(
            text=text, measurements=sentence.measurements, passages=sentence.passages, block=sentence.block
        )
        yield (
            draft.model_copy(update={"sentences": (*draft.sentences[:index], hostile, *draft.sentences[index + 1 :])}),
            text,
        )


def _other(figure: str, chance: random.Random) -> str:
    """Another number of the same shape: one digit changed, never the value itself."""
    places = [i for i, c in enumerate(figure) if c.isdigit()]
    place = chance.choice(places)
    digits = [d for d in "123456789" if d != figure[place]]
    return figure[:place] + chance.choice(digits) + figure[place + 1 :]
