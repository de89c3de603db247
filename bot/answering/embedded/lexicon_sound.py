"""Words found by how they sound: input-method slips (核消率 for 核销率) and plain pinyin (hexiaolv)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.answering.embedded.lexicon_text import HAN, data_lines

Sound = tuple[str, ...]
_WORDS = re.compile(r"[a-z]+")
# Two characters have too many namesakes (活越 is fine, 客刘 is not); from three on a whole-word homophone is a slip.
MIN_CHARACTERS = 3
MIN_LETTERS = 4
MAX_JOINED = 6


@lru_cache(maxsize=1)
def readings() -> dict[str, str]:
    """Character to toneless syllable."""
    return {char: line.split()[0] for line in data_lines("readings.txt") for char in line.split()[1]}


def sound_of(word: str) -> Sound | None:
    """The syllables of an all-Chinese word, None when a character is unknown."""
    known = readings()
    syllables = tuple(known.get(char, "") for char in word)
    return syllables if all(syllables) else None


def spell(word: str) -> str | None:
    """A word's pinyin without spaces; ü is typed v or u."""
    sound = sound_of(word)
    return "".join(sound).replace("lv", "lu").replace("nv", "nu") if sound else None


class Sounds:
    """Lookup tables from syllables and from joined pinyin to the word meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self.by_sound: dict[Sound, str] = {}
        self.by_pinyin: dict[str, str] = {}
        for word in words:
            sound = sound_of(word)
            if sound is None:
                continue
            if len(word) >= MIN_CHARACTERS:
                self.by_sound.setdefault(sound, word)
            pinyin = spell(word)
            if pinyin and len(pinyin) >= MIN_LETTERS:
                self.by_pinyin.setdefault(pinyin, word)
        self.longest = max(map(len, self.by_sound), default=0)


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return all(end <= a or start >= b for a, b in taken)


def _by_characters(text: str, sounds: Sounds, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    known = readings()
    syllables = [known.get(char, "") if HAN.match(char) else "" for char in text]
    i = 0
    while i <= len(text) - MIN_CHARACTERS:
        for length in range(min(sounds.longest, len(text) - i), MIN_CHARACTERS - 1, -1):
            word = sounds.by_sound.get(tuple(syllables[i : i + length]))
            if word and _free(i, i + length, taken):
                yield i, i + length, word
                i += length - 1
                break
        i += 1


def _by_pinyin(text: str, sounds: Sounds, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    words = [(m.start(), m.end(), m.group().replace("lv", "lu").replace("nv", "nu")) for m in _WORDS.finditer(text)]
    i = 0
    while i < len(words):
        for count in range(min(MAX_JOINED, len(words) - i), 0, -1):
            word = sounds.by_pinyin.get("".join(w[2] for w in words[i : i + count]))
            start, end = words[i][0], words[i + count - 1][1]
            if word and _free(start, end, taken):
                yield start, end, word
                i += count - 1
                break
        i += 1


def spoken_mentions(text: str, sounds: Sounds, taken: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """(start, end, word) for what sounds like a known word, outside the spans already `taken`."""
    return list(_by_characters(text, sounds, taken))


def in_characters(text: str, sounds: Sounds) -> str:
    """A question typed in pinyin, with the known words in characters; any other text as it is.

    It counts as pinyin when at least half of its letters belong to known words: `women` and `change` alone are English.
    """
    if HAN.search(text):
        return text
    found = list(_by_pinyin(text, sounds, []))
    letters = sum(1 for c in text if "a" <= c <= "z")
    known = sum(1 for start, end, _ in found for c in text[start:end] if c != " ")
    if not found or known * 2 < letters:
        return text
    parts, at = [], 0
    for start, end, word in found:
        parts += [text[at:start].rstrip(), word]
        at = end
    return "".join([*parts, text[at:].lstrip()])
