"""A text read once: what it names, when, which numbers, and the same text with all that masked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.answering.embedded.dates import DateMention, find_dates
from bot.answering.embedded.lexicon import Lexicon, Mention
from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.slots_limits import Limit, find_limits
from bot.answering.embedded.slots_numbers import Number, find_numbers
from bot.answering.embedded.slots_shop import ShopMention, ShopNames

Cut = tuple[int, int, str]
_MASKS = {"metric": "§m", "dimension": "§d", "product": "§p", "score": "§c", "other": "§o"}


@dataclass(frozen=True)
class Reading:
    """The plain text and everything in it that has a place of its own."""

    text: str
    mentions: tuple[Mention, ...]
    dates: tuple[DateMention, ...]
    numbers: tuple[Number, ...]
    shops: tuple[ShopMention, ...]
    limits: tuple[Limit, ...] = ()  # what a plan may cost

    @property
    def masked(self) -> str:
        """The text with each name, date and number replaced by what it is: the sentence's frame."""
        return _replace(self.text, [*((m.start, m.end, _MASKS[m.kind]) for m in self.mentions), *self._moments])

    @property
    def described(self) -> str:
        """The text with dates, shops and numbers masked and every other word as it was said."""
        return _replace(self.text, self._moments)

    @cached_property
    def concepts(self) -> tuple[bool, ...]:
        """For each family of words in data/concepts.yaml whether the text says one of them."""
        return tuple(bool(pattern.search(self.text)) for pattern in load_cues("concepts.yaml").values())

    @property
    def bare(self) -> str:
        """The frame with what a plan may cost masked as well, whatever it is."""
        named = [(m.start, m.end, _MASKS[m.kind]) for m in self.mentions]
        return _replace(self.text, [*named, *self._moments, *((m.start, m.end, "§l") for m in self.limits)])

    @property
    def frame(self) -> str:
        """The text without names of shops, metrics, dimensions and products; dates and numbers stay."""
        return _replace(
            self.text, [*((m.start, m.end, "") for m in self.mentions), *((s.start, s.end, "") for s in self.shops)]
        )

    @property
    def _moments(self) -> list[Cut]:
        cuts: list[Cut] = [(m.start, m.end, "§l") for m in self.limits if m.sure and m.value and m.kind != "credits"]
        cuts += [(d.start, d.end, "§t") for d in self.dates]
        cuts += [(s.start, s.end, "§s") for s in self.shops]
        return cuts + [(n.start, n.end, "§n") for n in self.numbers]

    def of(self, *kinds: str) -> list[Mention]:
        """The mentions of some kinds; weak ones only where there is no strong one of the same kind."""
        strong = {m.kind for m in self.mentions if not m.weak}
        return [m for m in self.mentions if m.kind in kinds and not (m.weak and m.kind in strong)]

    def without_questions(self) -> "Reading":
        """The same text once its unknown names have been settled by the asker."""
        known = tuple(m for m in self.mentions if m.kind != "other")
        shops = tuple(s for s in self.shops if len(s.ids) == 1)
        return Reading("", known, self.dates, self.numbers, shops, self.limits)

    def part(self, start: int, end: int) -> "Reading":
        """The clause at [start, end), with places counted from its own beginning."""
        inside = [m for m in self.mentions if start <= m.start < end]
        return Reading(
            text=self.text[start:end],
            mentions=tuple(replace(m, start=m.start - start, end=m.end - start) for m in inside),
            dates=tuple(
                DateMention(d.start - start, d.end - start, d.span) for d in self.dates if start <= d.start < end
            ),
            numbers=tuple(
                Number(n.start - start, n.end - start, n.value, n.unit, n.signed, n.gap)
                for n in self.numbers
                if start <= n.start < end
            ),
            shops=tuple(
                ShopMention(s.start - start, s.end - start, s.asked, s.ids)
                for s in self.shops
                if start <= s.start < end
            ),
            limits=tuple(
                replace(m, start=m.start - start, end=m.end - start) for m in self.limits if start <= m.start < end
            ),
        )


def _replace(text: str, cuts: Sequence[Cut]) -> str:
    parts, at = [], 0
    for start, end, word in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if start >= at:
            parts += [text[at:start], f" {word} "]
            at = end
    return " ".join("".join([*parts, text[at:]]).split())


def _clear(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return all(end <= a or start >= b for a, b in taken)


def read(raw: str, lexicon: Lexicon, names: ShopNames, today: date) -> Reading:
    """Read a message: spelling slips corrected, shops and dates first, then the lexicon's words, numbers last."""
    text = lexicon.corrected(plain(raw))
    dates = tuple(find_dates(text, today))
    taken = [(d.start, d.end) for d in dates]
    shops = tuple(names.find(text, taken))
    taken += [(s.start, s.end) for s in shops]
    limits = tuple(find_limits(text))
    # "without spending money" speaks of no figure; "3,000 points" does name the points.
    costs = [(m.start, m.end) for m in limits if m.sure and m.kind != "credits"]
    mentions = tuple(lexicon.find(text, [*taken, *costs]))
    taken += [(m.start, m.end) for m in mentions if not m.weak]  # "points" is weak: "5 points" is a number
    numbers = tuple(n for n in find_numbers(text) if _clear(n.start, n.end, taken))
    return Reading(text, mentions, dates, numbers, shops, limits)
