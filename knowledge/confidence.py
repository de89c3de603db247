"""Whether the passages answer at all: a calibrated judgement on several features, because cosines alone do not tell.

Two judgements: of questions that ask for a kind of fact (how much, how long, when), and of all others. The first needs
a sentence that gives such a fact; for the second it is enough that a passage speaks of what was asked.
"""

import math

from knowledge.calibration import Ranking, Refusal
from knowledge.facts import Given
from knowledge.types import Frozen

TELLING = ("similarity", "apart", "afield", "overlap", "known", "terms", "missing_fact", "said", "silenced")
ASKING = tuple(name for name in (*TELLING, "value", "short", "silent", "price") if name != "said")
MUCH = 0.8  # of what was asked
LITTLE = 0.4  # of what was asked: a sentence that covers less gives its fact about something else


class Features(Frozen):
    """What speaks for the best few passages together as an answer to one question; all 0..1."""

    similarity: float  # highest cosine, stretched
    apart: float  # how far it stands above the cosine with what is asked elsewhere; 0.5: not at all
    afield: float  # how far below it lies, where it does
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


def stretch(cosine: float, ranking: Ranking) -> float:
    """A cosine on the model's useful range, 0..1."""
    return min(1.0, max(0.0, (cosine - ranking.similarity_low) / (ranking.similarity_high - ranking.similarity_low)))


def confidence(features: Features, refusal: Refusal) -> float:
    """Probability that the passages answer, 0..1."""
    judge = refusal.asking if features.asks else refusal.telling
    logit = judge.intercept + math.fsum(
        judge.coefficients[name] * getattr(features, name) for name in judge.coefficients
    )
    return 1.0 / (1.0 + math.exp(-logit))
