"""Known words in a text, looked up wherever one may begin: one expression of all words takes 15 times as long."""

import re
from collections.abc import Iterable, Iterator


class Finder:
    """Known words of any language; a word that begins with a Latin letter or a digit is found only whole."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(w for w in words if w)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        latin = "".join(re.escape(c) for c in sorted(lengths) if _latin(c))
        other = "".join(re.escape(c) for c in sorted(lengths) if not _latin(c))
        parts = [rf"(?<![a-z0-9])[{latin}]" if latin else "", f"[{other}]" if other else ""]
        self._begins = re.compile("|".join(p for p in parts if p) or r"(?!)")

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where known words stand, the longest at each place, none inside another."""
        found: list[tuple[int, int]] = []
        free = 0
        for start, end in self._places(text):
            if start >= free:
                found.append((start, end))
                free = end
        return found

    def words(self, text: str) -> list[str]:
        """The known words of a text in order, the longest at each place, each once."""
        return list(dict.fromkeys(text[start:end] for start, end in self.spans(text)))

    def every(self, text: str) -> set[str]:
        """Every known word of a text, also one that stands inside another."""
        return {text[start:end] for start, end in self._places(text)}

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each known word stands, the longest first at each place."""
        size = len(text)
        for begin in self._begins.finditer(text):
            start = begin.start()
            latin = _latin(text[start])
            for length in self._lengths[text[start]]:
                end = start + length
                if text[start:end] in self._words and not (latin and end < size and _latin(text[end])):
                    yield start, end


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
