"""Questions that the documents are known to answer, however little they sound like a question about rules."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.answering.types import Intent, Principal, Step
from knowledge.types import Covered

Covers = Callable[[str, Principal], Covered]  # of a question, for whoever asks
UNSURE = 0.5  # probability of an intent below which the documents may know better
NEAR = 0.9  # cosine between two questions that ask for one thing
ASIDE = 0.005  # so much nearer a playbook may be: it tells how to move a figure, as advice on the figure does
FROM_DOCUMENTS: frozenset[Intent] = frozenset({"policy", "howto"})


def may_be_known(steps: Sequence[Step], confidence: float, today: date) -> bool:
    """Whether it is worth asking the documents: one step, unsure or out of scope, without figure, day or shop.

    Points of another year are asked about as a rule: what they were worth then, how long they last.
    """
    if len(steps) != 1 or steps[0].intent in FROM_DOCUMENTS:
        return False
    slots = steps[0].slots
    if steps[0].intent == "points" and slots.period is not None and slots.period.end.year != today.year:
        return True
    if slots.metric or slots.dimension or slots.period or slots.target or slots.merchant_id:
        return False
    return confidence < UNSURE or steps[0].intent == "out_of_scope"


def known(covered: Covered) -> bool:
    """Whether a document about rules answers just this."""
    return covered.rules >= NEAR and covered.rules >= covered.figures - ASIDE
