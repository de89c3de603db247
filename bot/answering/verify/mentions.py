"""Where a text names a metric or a dimension of the catalog, in either language."""

from bot.answering.render import space
from bot.answering.verify.words import Hit, Phrases
from tools.catalog import Catalog, DimensionInfo, Metric

_BY_CATALOG: dict[int, tuple[Catalog, "Lexicon"]] = {}
_CREDITS = ("激励点数", "点数", "incentive points", "incentive point")
_SCORE_WORDS = ("分", "score")


class Lexicon:
    """What may be named, and the catalog's own sentences, whose numbers need no other evidence."""

    def __init__(self, catalog: Catalog) -> None:
        meanings: dict[str, set[str]] = {}
        for metric in catalog.metrics:
            for phrase in _metric_phrases(metric):
                meanings.setdefault(phrase.lower(), set()).add(metric.id)
        for dimension in catalog.dimensions:
            for phrase in _dimension_phrases(dimension):
                meanings.setdefault(phrase.lower(), set()).add(dimension.id)
        for series in catalog.series:  # by name only: what else they are called are everyday words
            for phrase in (series.name.zh, series.name.en):
                meanings.setdefault(phrase.lower(), set()).add(series.id)
        for phrase in _CREDITS:
            meanings.setdefault(phrase, set()).add("credits")
        self.plain = frozenset(s.id for s in catalog.series) | {"credits"}
        self.phrases = Phrases({phrase: frozenset(bases) for phrase, bases in meanings.items()})
        self.dimension_of = {m.id: m.dimension for m in catalog.metrics}
        sentences = dict.fromkeys(_own_sentences(catalog))
        self.sentences = tuple(
            dict.fromkeys((*(space(s) for s in sentences), *sentences))
        )  # as printed in Chinese, and as written

    def find(self, text: str, spoken: frozenset[str] = frozenset()) -> list[Hit]:
        """Mentions by position; an English dimension name counts only with its capital (Active, not active).

        Orders, sales and visits are everyday words: they name a figure only where `spoken`, the bases of the
        evidence, holds one of them.
        """
        hits = self.phrases.find(text.lower())
        return [hit for hit in hits if not _common_word(hit, text) and not hit.meanings <= self.plain - spoken]


def lexicon(catalog: Catalog) -> Lexicon:
    """The lexicon of a catalog, made once for each catalog object."""
    held = _BY_CATALOG.get(id(catalog))
    if held is None or held[0] is not catalog:
        held = (catalog, Lexicon(catalog))
        _BY_CATALOG[id(catalog)] = held
    return held[1]


def _metric_phrases(metric: Metric) -> tuple[str, ...]:
    said = (metric.name.zh, metric.name.en, *metric.phrasings.zh, *metric.phrasings.en)
    return tuple(p for p in said if len(p) > 1)


def _dimension_phrases(dimension: DimensionInfo) -> tuple[str, ...]:
    """Names, and phrasings that speak of a score: the others (reach, value, traffic) are ordinary words."""
    scored = (
        p
        for p in (*dimension.phrasings.zh, *dimension.phrasings.en)
        if p.endswith(_SCORE_WORDS) or p.startswith("用户")
    )
    names = (dimension.name.zh, dimension.name.en, f"{dimension.name.zh}分", f"{dimension.name.en} score")
    return (*names, *scored, *(f"{name}维度" for name in names[:1]), *(f"{name} dimension" for name in names[1:2]))


def _common_word(hit: Hit, text: str) -> bool:
    said = text[hit.start : hit.end]
    return said.isascii() and " " not in said and said.islower() and said in _DIMENSION_WORDS


def _own_sentences(catalog: Catalog) -> list[str]:
    found: list[str] = []
    for metric in catalog.metrics:
        found += [metric.definition.zh, metric.definition.en]
        for move in metric.moves:
            for text in (move.first_step, move.where, move.name):
                found += [text.zh, text.en]
    for dimension in catalog.dimensions:
        found += [dimension.about.zh, dimension.about.en]
    return sorted((s for s in found if len(s) > 2), key=len, reverse=True)


_DIMENSION_WORDS = frozenset({"scale", "active", "worth", "efficiency", "overall"})
