"""Which kind of action a question about an effect means: "did the broadcast help", 券有效期改成 7 天之后."""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.answering.embedded.lexicon_data import alternation, load_lexicon
from tools.catalog import Catalog

# What nearly everything is called; any other kind named beside it is meant instead.
ANYTHING = "campaign"


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {kind: re.compile(alternation(words)) for kind, words in load_lexicon().kinds.items()}


def kind_of(text: str, product: str | None, products: Mapping[str, str]) -> str | None:
    """The kind named by the longest words of a plain text; None where it fits no action of the `product` named.

    `products` says to which product each kind belongs.
    """
    found = {kind: m for kind, pattern in _patterns().items() if (m := pattern.search(text))}
    special = [k for k in found if k != ANYTHING] or list(found)
    fitting = [k for k in special if product is None or products.get(k) in (None, product)]
    return max(fitting, key=lambda k: found[k].end() - found[k].start(), default=None)


def products_of(catalog: Catalog) -> dict[str, str]:
    """To which product each kind of action belongs, where all moves of that name agree."""
    return {move.id: move.product for metric in catalog.metrics for move in metric.moves}
