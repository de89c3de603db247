"""Which figures a clause speaks of: those it names, or the one that it describes without a name."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bot.answering.embedded.classifier_exemplars import NO_FIGURE
from bot.answering.embedded.lexicon import Mention
from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_situations import REGULARS, counts_lost_regulars, of_returning
from bot.answering.types import Intent
from tools.types import DIMENSIONS

Meant = Mapping[str, float]

MEASURED: frozenset[Intent] = frozenset(
    {"overview", "metric", "improve", "explain", "compare", "what_if", "plan", "forecast"}
)
# Figures joined in one question ("redemption and repurchase rate?") become one step each.
EACH: frozenset[Intent] = frozenset({"metric", "improve", "explain", "compare"})
_SCORES = frozenset((*DIMENSIONS, "overall"))
# A description is taken for a figure from here on; otherwise only a name counts. Chosen on the exemplars held out.
SURE = 0.4
SURE_BESIDE_A_NAME = 0.45  # where the question names another figure in passing
SURE_OF_NOTHING = 0.6
UNLIKELY = 0.05  # a weak word stands for its figure unless the whole question speaks of something else
_JOINED = re.compile(r" ?(?:和|跟|与|及|以及|还有|、|,|/|and|&|plus|or|或) ?(?:my |our |the |我的|的)?")


def _named(mentions: Sequence[Mention]) -> list[str]:
    return list(dict.fromkeys(m.id for m in mentions))


def _listed(reading: Reading, mentions: Sequence[Mention]) -> set[Mention]:
    """Names joined by "and" are a list of figures, however ordinary each word is."""
    return {m for a, b in pairwise(mentions) if _JOINED.fullmatch(reading.text[a.end : b.start]) for m in (a, b)}


def _described(reading: Reading, intent: Intent, mentions: Sequence[Mention], meant: Meant) -> dict[str, str] | None:
    """The figure that the words describe; empty where they describe none, None where they leave it to the names."""
    allowed = {id: p for id, p in meant.items() if intent != "overview" or id in DIMENSIONS or id == NO_FIGURE}
    best = max(allowed, key=lambda id: allowed[id])
    chance, others = meant[best], reading.of("other")
    if best == NO_FIGURE:
        return {} if chance >= SURE_OF_NOTHING and all(m.weak for m in mentions) else None
    beside = others or any(not m.weak and m.id != best for m in mentions)
    if chance < (SURE_BESIDE_A_NAME if beside else SURE) or any(not m.generic for m in others):
        return None
    return {"dimension" if best in _SCORES else "metric": best}


def _beside(intent: Intent, scores: Sequence[Mention], meant: Meant) -> dict[str, str] | None:
    """The metric of a what-if that names only the score which it should move."""
    if intent != "what_if":
        return None
    metrics = {id: p for id, p in meant.items() if id not in _SCORES}
    best = max(metrics, key=lambda id: metrics[id])
    sure = best != NO_FIGURE and metrics[best] >= SURE * sum(metrics.values())
    return {"metric": best, "dimension": scores[0].id} if sure else None


def _names(reading: Reading, intent: Intent) -> tuple[list[Mention], set[Mention]]:
    """The figures named, and which of them count whatever the rest describes; weak words only without stronger ones."""
    named = [m for m in reading.mentions if m.kind in ("metric", "dimension")]
    listed = _listed(reading, named) if intent in MEASURED else set()
    kept = [m for m in named if not m.weak or m in listed]
    if intent in MEASURED or intent in ("draft", "effect"):
        kinds = {m.kind for m in kept}
        kept = [m for m in named if m in kept or (m.weak and m.kind not in kinds)]
    return kept, {m for m in kept if m in listed or not (m.weak or m.generic)}


def figures_of(reading: Reading, intent: Intent, meant: Meant | None = None) -> list[dict[str, str]]:
    """The metric and dimension of each step that a clause makes; one empty entry when it speaks of none.

    A specific name wins. A generic or weak word competes with `meant`, the chances of what the whole question means.
    """
    if intent == "metric" and counts_lost_regulars(reading):
        return [{"metric": REGULARS}]
    meant = of_returning(reading, meant) if meant is not None and intent in MEASURED - {"metric"} else meant
    mentions, certain = _names(reading, intent)
    specific = [m for m in mentions if m in certain]
    if any(m.kind == "metric" for m in specific):
        mentions = specific
    elif meant is not None and intent in MEASURED:
        found = _beside(intent, specific, meant) if specific else _described(reading, intent, mentions, meant)
        if found is not None:
            return [found]
        mentions = [m for m in mentions if not m.weak or meant.get(m.id, 0.0) >= UNLIKELY]
    return _steps(mentions, intent)


def _steps(mentions: Sequence[Mention], intent: Intent) -> list[dict[str, str]]:
    metrics = _named([m for m in mentions if m.kind == "metric"])
    dimensions = _named([m for m in mentions if m.kind == "dimension"])
    if metrics:
        dimensions = [d for d in dimensions if d != "overall"]
    if intent in EACH and len(metrics) > 1 and not dimensions:
        return [{"metric": m} for m in metrics]
    if intent in EACH and len(dimensions) > 1 and not metrics:
        return [{"dimension": d} for d in dimensions]
    return [{**({"metric": metrics[0]} if metrics else {}), **({"dimension": dimensions[0]} if dimensions else {})}]
