"""Whether the passages answer at all: two calibrated judgements on many features, because cosines alone do not tell.

The first is whether a question is of the platform at all; the second, whether one that is finds its answer. Both must
hold, so the confidence is the product of their probabilities. Coefficients are in calibration.yaml, fitted by
knowledge/fit.py: what speaks for an answer never counts against it, and the other way round.
"""

import math

from knowledge.calibration import Judge, Ranking, Refusal
from knowledge.facts import Given
from knowledge.ranking import meaning
from knowledge.types import Frozen

FOR = frozenset({
    "similarity", "apart", "clear", "clear_all", "words", "words_mean", "overlap", "known", "terms", "named", "said",
    "value", "matter", "fact", "clause", "focus", "focus_matter", "asked", "asked_clear",
    "farther_unsaid",
})  # fmt: skip
AGAINST = frozenset({
    "afield", "missing_fact", "short", "silent", "silenced", "price", "unsaid", "more_unsaid", "lacking", "lacks",
    "rarest", "uncounted", "outsider", "known_unsaid", "nearer_unsaid",
})  # fmt: skip
EITHER = frozenset({"asks", "lead", "matters"})
NAMED = tuple(sorted(FOR | AGAINST | EITHER))
UNSAID = 20  # a difference of 0.05 is a great one between two questions of one platform
MUCH = 0.8  # of what was asked
LITTLE = 0.4  # of what was asked: a sentence that covers less gives its fact about something else


class Features(Frozen):
    """What speaks for the best few passages together as an answer to one question; all but the last two 0..1."""

    similarity: float  # highest cosine, stretched
    apart: float  # how far it stands above the cosine with what is asked elsewhere; 0.5: not at all
    afield: float  # how far below it lies, where it does
    clear: float  # how far it stands above the mean of the nearest topics from elsewhere; 0.5: not at all
    clear_all: float  # the same of the mean of the best passages
    asked: float  # how near the nearest question is that one of them is known to answer
    asked_clear: float  # how far that one stands above the mean of the nearest topics from elsewhere; 0.5: not at all
    known_unsaid: float  # how near the nearest question is that no document is known to answer
    nearer_unsaid: float  # how much nearer that one is than the nearest that a passage answers, where it is
    farther_unsaid: float  # how much farther, where it is
    lead: float  # how far it stands above the fifth best
    words: float  # best share of what the question's words could score
    words_mean: float  # mean of the first three
    overlap: float  # share of what was said that a passage holds, weighted by rarity
    known: float  # share of what was said that any passage holds
    terms: float  # things of the platform that the question names, 1 for three or more
    missing_fact: float  # how much a kind of fact that was asked for is missing from every passage
    asks: float  # 1 when the form of a fact is asked for: a price, a count, a time
    said: float  # share of what was said that one sentence holds
    value: float  # the same, of sentences that give a fact of that form; 0 where none is asked for
    short: float  # how much that falls short of LITTLE
    silent: float  # how much better a sentence fits that says that nothing is said
    silenced: float  # 1 when that sentence covers nearly everything that was asked, and better than any other
    price: float  # 1 when a price, a share or an address is asked for, which must be given as such
    # The next are those of knowledge/linking.py.
    matter: float
    fact: float
    clause: float
    unsaid: float
    more_unsaid: float
    lacking: float
    lacks: float
    matters: float
    focus: float
    focus_matter: float
    rarest: float
    named: float
    uncounted: float
    outsider: float
    # Parts of a logit, by knowledge/beyond.py.
    outside: float
    beyond: float


def standing(margin: float) -> dict[str, float]:
    """The features of the margin, a difference of cosines, by which passages are nearer than other matters are."""
    return {
        "apart": min(1.0, max(0.0, 0.5 + 5 * margin)),
        "afield": min(1.0, max(0.0, -25 * margin)),
    }


def from_facts(given: Given) -> dict[str, float]:
    """The features that rest on single sentences."""
    value = given.value if given.asks else 0.0
    silent = given.silence - (value - 0.1 if given.asks else given.said)
    other = value if given.asks else given.said
    return {
        "silenced": float(not given.publicity and given.silence >= MUCH and given.silence > other + 0.05),
        "asks": float(given.asks),
        "said": given.said,
        "value": value,
        "short": max(0.0, 1.0 - value / LITTLE) if given.asks else 0.0,
        "silent": 0.0 if given.publicity or given.silence <= LITTLE else min(1.0, max(0.0, silent)),
        "price": float(given.exact),
    }


def unanswered(asked: float, unsaid: float, ranking: Ranking) -> dict[str, float]:
    """The features of the cosines of the nearest question that is answered, and of the nearest that is not."""
    near = meaning(0.0, unsaid, ranking)
    return {
        "known_unsaid": near,
        "nearer_unsaid": min(1.0, max(0.0, UNSAID * (unsaid - asked))) * near,
        "farther_unsaid": min(1.0, max(0.0, UNSAID * (asked - unsaid))),
    }


def scaled(difference: float) -> float:
    """A difference of cosines, 0..1; 0.5: none."""
    return min(1.0, max(0.0, 0.5 + 5 * difference))


def stretch(cosine: float, ranking: Ranking) -> float:
    """A cosine on the model's useful range, 0..1."""
    return min(1.0, max(0.0, (cosine - ranking.similarity_low) / (ranking.similarity_high - ranking.similarity_low)))


def confidence(features: Features, refusal: Refusal) -> float:
    """Probability that the passages answer, 0..1."""
    return _probability(features.outside, features, refusal.platform) * _probability(
        features.beyond, features, refusal.answering
    )


def _probability(start: float, features: Features, judge: Judge) -> float:
    logit = start + judge.intercept
    logit += math.fsum(weight * getattr(features, name) for name, weight in judge.coefficients.items())
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
