"""Text to index terms: segmented words and character pairs for Chinese, stemmed words for everything Latin."""

import json
import re
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from knowledge.lexicon import lexicon, simplify

COMMON = 20  # words rarer than this in the segmenter's own counts are left out: 0.03 s to load instead of 0.6 s
_RUNS = re.compile(r"[a-z0-9]+(?:[-_.'][a-z0-9]+)*|[\u4e00-\u9fff]+")
_FILE = "words.json"


class Segmenter:
    """Chinese words by jieba, with a reduced dictionary stored beside the index so that both sides cut alike."""

    def __init__(self, frequencies: dict[str, int]) -> None:
        self._frequencies = frequencies
        self._tokenizer: Any = None
        self._lock = threading.Lock()

    @classmethod
    def build(cls) -> "Segmenter":
        """From jieba's full dictionary (0.8 s, only a build pays it) and the lexicon's words."""
        jieba = _jieba()
        full: dict[str, int] = {}
        with (
            jieba.get_dict_file() as file
        ):  # read here, not through jieba's cache: that one lives in a world-writable place
            for line in file:
                word, count = line.decode("utf-8").split(" ")[:2]
                full[word] = int(count)
        kept = {w: n for w, n in full.items() if n >= COMMON}
        top = max(full.values()) // 100
        kept |= {simplify(w): top for w in lexicon().chinese_words()}
        for word in list(kept):  # jieba walks a word prefix by prefix: each must exist, with count 0 if it is no word
            for end in range(1, len(word)):
                kept.setdefault(word[:end], 0)
        return cls(kept)

    @classmethod
    def read(cls, folder: Path) -> "Segmenter":
        return cls(json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def write(self, folder: Path) -> None:
        (folder / _FILE).write_text(json.dumps(self._frequencies, ensure_ascii=False, sort_keys=True), encoding="utf-8")

    def cut(self, text: str) -> list[str]:
        with self._lock:
            if self._tokenizer is None:
                tokenizer = _jieba().Tokenizer()
                tokenizer.FREQ = self._frequencies
                tokenizer.total = max(1, sum(self._frequencies.values()))
                tokenizer.initialized = True
                self._tokenizer = tokenizer
        return [str(w) for w in self._tokenizer.cut(text, HMM=False)]


class Words:
    """The terms of a text. One tokenizer for both languages, because questions mix them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._stop = lexicon().stop
        self._named: dict[str, list[str]] = {}

    def terms(self, text: str) -> list[str]:
        """Every term of a text, repeats kept, in order; character pairs carry a leading '~'."""
        found: list[str] = []
        for run in _RUNS.findall(simplify(text)):
            if run[0] >= "\u4e00":
                found.extend(w for w in self._segmenter.cut(run) if w not in self._stop)
                found.extend(f"~{run[i : i + 2]}" for i in range(len(run) - 1))
            else:
                found.extend(stem(part) for part in _latin(run) if part not in self._stop)
        return found

    def content(self, text: str) -> list[str]:
        """The words that say what a text is about: no stop words, no character pairs, each once."""
        return list(dict.fromkeys(t for t in self.terms(text) if not t.startswith("~")))

    def named(self, term: str) -> list[str]:
        """`content` of one of the lexicon's terms, worked out once; there are few of them and questions repeat them."""
        found = self._named.get(term)
        if found is None:
            found = self._named[term] = self.content(term)
        return found

    def cut(self, chinese: str) -> list[str]:
        return self._segmenter.cut(chinese)


def stem(word: str) -> str:
    """A light English stem: enough for plurals and -ing/-ed, never shorter than three letters."""
    if not word.isalpha() or len(word) <= 3:
        return word
    for suffix, put in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("ing", ""),
        ("ed", ""),
        ("s", ""),
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith(("ss", "us", "is")):
            return _undouble(word.removesuffix(suffix) + put)
    return _undouble(word)


def _undouble(word: str) -> str:
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _latin(run: str) -> Iterable[str]:
    parts = [p for p in re.split(r"[-_.']", run) if p]
    return [run, *parts] if len(parts) > 1 else parts


def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for pkg_resources, which announces its own end
        import jieba
    jieba.setLogLevel(60)
    return jieba
