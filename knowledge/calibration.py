"""The fitted constants of ranking and refusal, from calibration.yaml."""

from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.types import Frozen

PATH = Path(__file__).with_name("calibration.yaml")


class Ranking(Frozen):
    """Weights of the fused score; see calibration.yaml."""

    similarity_low: float
    similarity_high: float
    asked_low: float
    asked_high: float
    lexical: float
    rare: float
    long: float
    han: float
    variant: float
    translated: float
    pair: float
    product: float
    named_product: float
    metric: float
    kind: float
    depth: int


class Judge(Frozen):
    """One logistic judgement."""

    intercept: float
    coefficients: dict[str, float]  # by the features of knowledge/confidence.py; those left out do not count


class Refusal(Frozen):
    """The logistic confidence that the passages answer at all."""

    platform: Judge  # whether a question is of the platform
    answering: Judge  # whether one that is finds its answer
    answerable_at: float


class Calibration(Frozen):
    ranking: Ranking
    confidence: Refusal  # of documents that list what is asked of them
    bare: Refusal  # of those that do not


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The shipped constants, read once."""
    try:
        return Calibration.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise KnowledgeError(
            f"The constants in {PATH.name} cannot be read: {error}. Restore the file from the project."
        ) from error
