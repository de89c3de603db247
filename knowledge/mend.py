"""A question's slips set right where a word of the platform was clearly meant: pinyin, namesakes, one wrong letter.

What is a word already stays: only letters that form no known word with their neighbours can be a slip.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA, Levenshtein

from knowledge.finder import Finder

HERE = Path(__file__).parent
SOUNDED = 3  # Chinese letters from which a namesake is a slip; two have too many namesakes
SPELLED = 5  # Latin letters of a word's pinyin
JOINED = 6  # Latin words that may spell one Chinese word
HALVED = 4  # Chinese letters from which one wrong letter is told
LETTERS = 6  # Latin letters from which one wrong letter is told
_LATIN = re.compile(r"[a-z]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
Cut = Callable[[str], list[str]]
Mended = tuple[int, int, str]


class Mender:
    """The platform's words as they may be misspelt."""

    def __init__(self, terms: Iterable[str], english: Iterable[str]) -> None:
        known = list(dict.fromkeys(terms))
        chinese = [t for t in known if _HAN.fullmatch(t)]
        self._right = Finder(chinese)
        self._english = frozenset(english) | {w for t in known if t.isascii() for w in _LATIN.findall(t)}
        self._targets: dict[str, list[str]] = {}  # by first and last letter: a slip there is more often another word
        for word in sorted(w for w in self._english if len(w) >= LETTERS):
            self._targets.setdefault(word[0] + word[-1], []).append(word)
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._by_pinyin: dict[str, str] = {}
        self._begun: set[str] = set()  # how a term's pinyin may begin
        self._halves: dict[str, list[str]] = {}
        for term in chinese:
            self._learn(term)
        self._half = Finder(self._halves)
        self._first = {sound[0] for sound in self._by_sound}
        self._sounds = sorted({len(s) for s in self._by_sound}, reverse=True)

    def _learn(self, term: str) -> None:
        syllables = _syllables(term)
        if all(syllables) and len(term) >= SOUNDED:
            self._by_sound.setdefault(syllables, term)
        pinyin = _typed("".join(syllables))
        if all(syllables) and len(term) > 1 and len(pinyin) >= SPELLED:
            self._by_pinyin.setdefault(pinyin, term)
            self._begun.update(pinyin[:end] for end in range(1, len(pinyin) + 1))
        if len(term) >= HALVED:
            middle = len(term) // 2
            for half in (term[:middle], term[middle:]):
                self._halves.setdefault(half, []).append(term)

    def mend(self, simplified: str, cut: Cut, known: Callable[[str], bool]) -> str:
        """The text with each slip replaced; `cut` divides Chinese into words, `known` tells right Latin words."""
        text = _put(simplified, self._pinyin(simplified))
        if _HAN.search(text):
            text = _put(text, self._namesakes(text))
            text = _put(text, self._letters(text, cut))
        return _LATIN.sub(lambda m: self._word(m[0], known), text)

    def _pinyin(self, text: str) -> Iterator[Mended]:
        words = list(_LATIN.finditer(text))
        at = 0
        while at < len(words):
            count, term = self._spelled(text, words[at : at + JOINED])
            if count and not all(m[0] in self._english for m in words[at : at + count]):
                yield words[at].start(), words[at + count - 1].end(), term
                at += count - 1
            at += 1

    def _spelled(self, text: str, words: list[re.Match[str]]) -> tuple[int, str]:
        """How many of the words together spell a term, as many as can; and the term."""
        found, spelled = (0, ""), ""
        for count, word in enumerate(words, start=1):
            spelled += _typed(word[0])
            if spelled not in self._begun or (count > 1 and text[words[count - 2].end() : word.start()].strip(" '")):
                break
            if spelled in self._by_pinyin:
                found = (count, self._by_pinyin[spelled])
        return found

    def _runs(self, text: str) -> Iterator[tuple[int, str, set[int]]]:
        """Each stretch of Chinese: where it begins, its text, and its places that belong to words that are right."""
        right = {place for start, end in self._right.spans(text) for place in range(start, end)}
        for m in _HAN.finditer(text):
            yield m.start(), m[0], {place - m.start() for place in right if m.start() <= place < m.end()}

    def _namesakes(self, text: str) -> Iterator[Mended]:
        for begin, run, right in self._runs(text):
            syllables = _syllables(run)
            at = 0
            while at < len(run):
                lengths = self._sounds if syllables[at] in self._first else ()
                sounds = (self._by_sound.get(syllables[at : at + n]) for n in lengths)
                term = next((found for found in sounds if found), "")
                wrong = {at + i for i, letter in enumerate(term) if run[at + i] != letter}
                if wrong and not wrong & right:
                    yield begin + at, begin + at + len(term), term
                at += len(term) or 1

    def _letters(self, text: str, cut: Cut) -> Iterator[Mended]:
        for begin, run, right in self._runs(text):
            free = 0
            if len(right) == len(run):
                continue
            for half in sorted(self._half.every(run), key=run.index):
                for term in self._halves[half]:
                    place = _near(run, half, term, right, cut)
                    if place is not None and place[0] >= free:
                        yield begin + place[0], begin + place[1], term
                        free = place[1]

    def _word(self, word: str, known: Callable[[str], bool]) -> str:
        if len(word) < LETTERS - 1 or word in self._english or known(word):
            return word
        near = self._targets.get(word[0] + word[-1], ())
        return next((w for w in near if OSA.distance(word, w, score_cutoff=1) == 1), word)


def _near(run: str, half: str, term: str, right: set[int], cut: Cut) -> tuple[int, int] | None:
    """Where a term stands in a run with one letter wrong, missing or too many, beside its half that is right."""
    at = run.index(half)
    leading = term.startswith(half)
    rest = len(term) - len(half)
    for size in (rest, rest + 1, rest - 1):
        start, end = (at, at + len(half) + size) if leading else (at - size, at + len(half))
        if start < 0 or end > len(run) or term in run[start:end] or right.issuperset(range(start, end)):
            continue
        if Levenshtein.distance(run[start:end], term, score_cutoff=1) != 1:
            continue
        (slip,) = Levenshtein.editops(run[start:end], term)
        wrong = {start + slip.src_pos} if slip.tag != "insert" else set()
        if slip.tag == "insert" and not 0 < slip.src_pos < end - start:
            continue  # a letter missing at an end: 日常推 before 荐 is not 日常推广
        if not wrong & right and _broken(run, start, end, wrong, cut):
            return start, end
    return None


def _broken(run: str, start: int, end: int, wrong: set[int], cut: Cut) -> bool:
    """Whether the letters that differ form no word with their neighbours: 信息 for 消息 is one, 历 for 励 is none."""
    if not wrong:  # a letter is missing: what stands there must not be words throughout
        return any(len(word) == 1 for word in cut(run[start:end]))
    at = 0
    for word in cut(run):
        if len(word) > 1 and wrong.intersection(range(at, at + len(word))):
            return False
        at += len(word)
    return True


def _put(text: str, mended: Iterable[Mended]) -> str:
    parts, at = [], 0
    for start, end, word in mended:
        parts += [text[at:start], word]
        at = end
    return "".join([*parts, text[at:]])


def _typed(pinyin: str) -> str:
    """ü is typed v or u."""
    return pinyin.replace("lv", "lu").replace("nv", "nu")


def _syllables(text: str) -> tuple[str, ...]:
    known = _readings()
    return tuple(known.get(letter, "") for letter in text)


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    """Chinese letter to its commonest syllable, without tone."""
    lines = (HERE / "readings.txt").read_text(encoding="utf-8").splitlines()
    return {letter: line.split()[0] for line in lines if not line.startswith("#") for letter in line.split()[1]}
