"""Whether the passages answer at all: a calibrated judgement on several features, because cosines alone do not tell."""

import math

from knowledge.calibration import Ranking, Refusal
from knowledge.types import Frozen


class Features(Frozen):
    """What speaks for the best few passages together as an answer to one question; all 0..1."""

    similarity: float  # highest cosine, stretched
    lead: float  # how far that cosine stands above the question's cosine with the average passage, times 10
    overlap: float  # share of what was said that a passage holds, weighted by rarity
    known: float  # share of what was said that any passage holds
    terms: float  # things of the platform that the question names, 1 for three or more
    product: float  # 1 when a passage is about a product that the question names
    missing_fact: float  # how much a kind of fact that was asked for is missing from every passage


def stretch(cosine: float, ranking: Ranking) -> float:
    """A cosine on the model's useful range, 0..1."""
    return min(1.0, max(0.0, (cosine - ranking.similarity_low) / (ranking.similarity_high - ranking.similarity_low)))


def confidence(features: Features, refusal: Refusal) -> float:
    """Probability that the passages answer, 0..1."""
    weights = refusal.coefficients
    logit = refusal.intercept + math.fsum(weights[name] * value for name, value in features)
    return 1.0 / (1.0 + math.exp(-logit))
