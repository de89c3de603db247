"""The voice that a draft is spoken in: patterns chosen, filled, and noted with the ids that each sentence rests on."""

import re
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from typing import Literal

from bot.answering.render import date_text, references
from bot.answering.types import Draft, Language, Question, Sentence
from prompts import Prompts

Block = Literal["text", "item", "note", "question"]
_MARK = re.compile(r"\[(P\d+)\]")
_MOST_SUGGESTIONS = 3


class Voice:
    """Collects the sentences of one draft. Figures arrive as references (`{M3}`), passages as marks (`[P1]`)."""

    def __init__(self, prompts: Prompts, language: Language, pick: int, today: date) -> None:
        self.prompts = prompts
        self.language = language
        self.today = today
        self._pick = pick
        self._sentences: list[Sentence] = []
        self._suggestions: list[str] = []
        self._warnings: list[str] = []

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(self._sentences)

    def text(self, key: str, /, **variables: str) -> str:
        return self.prompts.text(self.language, key, self._pick, **variables)

    def knows(self, key: str) -> bool:
        return self.prompts.has(key)

    def day(self, day: date) -> str:
        return date_text(day, self.language, self.today, self.prompts)

    def say(self, key: str, block: Block = "text", /, **variables: str) -> None:
        self.speak(self.text(key, **variables), block)

    def speak(self, text: str, block: Block = "text") -> None:
        """A sentence whose text is already made."""
        if self.language == "en":
            text = text[:1].upper() + text[1:]
        marks = tuple(dict.fromkeys(_MARK.findall(text)))
        sentence = Sentence(text=text, measurements=references(text), passages=marks, block=block)
        if block != "note" or sentence not in self._sentences:  # two steps may want the same note: once is enough
            self._sentences.append(sentence)

    def ask(self, key: str, /, **variables: str) -> None:
        """The closing question, offered as the first suggestion too."""
        self.say(key, "question", **variables)
        self.suggest(self._sentences[-1].text)

    def suggest(self, text: str) -> None:
        if text not in self._suggestions and len(self._suggestions) < _MOST_SUGGESTIONS:
            self._suggestions.append(text)

    def warn(self, key: str) -> None:
        if key not in self._warnings:
            self._warnings.append(key)

    def listed(self, words: Sequence[str]) -> str:
        """a, b and c."""
        if len(words) < 2:
            return "".join(words)
        space = " " if self.language == "en" else ""
        return f"{self.joined('comma', words[:-1])}{space}{self.text('words.and')}{space}{words[-1]}"

    def joined(self, joint: Literal["comma", "clause_comma", "clause_joint"], words: Sequence[str]) -> str:
        return (self.text(f"words.{joint}") + (" " if self.language == "en" else "")).join(words)

    def fork(self) -> "Voice":
        """An empty voice of the same kind, to try a shorter or longer wording."""
        return Voice(self.prompts, self.language, self._pick, self.today)

    def adopt(self, other: "Voice") -> None:
        self._sentences += other._sentences
        for text in other._suggestions:
            self.suggest(text)
        for key in other._warnings:
            self.warn(key)

    def draft(self) -> Draft:
        questions = [s for s in self._sentences if s.block == "question"]
        kept = [s for s in self._sentences if s.block != "question"] + questions[-1:]
        return Draft(
            language=self.language, sentences=tuple(kept),
            suggestions=tuple(self._suggestions), warnings=tuple(self._warnings),
        )  # fmt: skip


def pick_of(question: Question) -> int:
    """Which variant to use: the same for the same text of the same asker, but never the one of the turn before."""
    before = -1
    for text in (*(turn.text for turn in question.history), question.text):
        seed = f"{question.principal.id}|{text}".encode()
        here = int.from_bytes(blake2b(seed, digest_size=4).digest(), "big") % 6
        # Patterns have one to three variants: a step of one lands on another variant for two as for three.
        before = here + 1 if here % 2 == before % 2 or here % 3 == before % 3 else here
    return before


def plain(text: str) -> str:
    """Foreign text made harmless for a sentence: no braces that could be read as references, no marks of passages."""
    return text.replace("{", "(").replace("}", ")").replace("[", "(").replace("]", ")")
