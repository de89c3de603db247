"""Latin spelling slips: `redemtion` becomes `redemption`, and a real word is never touched."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_WORDS = re.compile(r"[a-z]+")
MIN_LETTERS = 5
# One slip in a short word, two in a long one: `efficency`, `repurhcase`. More would turn one word into another.
LONG_WORD = 8


class Speller:
    """Corrects words towards the lexicon's own."""

    def __init__(self, terms: Iterable[str], vocabulary: frozenset[str]) -> None:
        targets = {w for term in terms if term.isascii() for w in _WORDS.findall(term) if len(w) >= MIN_LETTERS}
        self._known = vocabulary | targets
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(targets):
            self._by_letter.setdefault(word[0], []).append(word)

    def correct(self, text: str) -> str:
        """`text` with each slip replaced; what is not clearly a slip stays."""
        return _WORDS.sub(lambda m: self._word(m.group()), text)

    def _word(self, word: str) -> str:
        if len(word) < MIN_LETTERS or word in self._known:
            return word
        slips = 2 if len(word) >= LONG_WORD else 1
        near = [(OSA.distance(word, w, score_cutoff=slips), w) for w in self._by_letter.get(word[0], ())]
        best = min(near, default=(slips + 1, word))
        return best[1] if best[0] <= slips else word
