"""Which shop a text names, looked up only among the shops within the asker's reach."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.answering.embedded.lexicon_sound import Sounds, spoken_mentions
from bot.answering.embedded.lexicon_text import plain
from tools.types import Merchant

_ID = re.compile(r"(?<![a-z0-9])[a-z]{1,2}[-_]?\d{3,8}(?![a-z0-9])")
_NUMBERED = re.compile(
    r"(?:商户|商家|店铺|门店|\bmerchant|\bstore|\bshop)(?: ?(?:编号|id|号|no\.?|number"
    r"|#))? ?[:#]? ?(\d{1,8})(?![\d.,%]|年|月|个|家|分|天| (?:shops|stores|days))"
)
_CALLED = re.compile(
    r"(?:叫|名叫|名为|\bcalled|\bnamed) ?[\"'“「《]?([^\"'”」》,.?!]{2,20})[\"'”」》]|[「《“]([^」》”]{2,20})[」》”]"
)
# Words that stand before a kind of shop without naming one: "our noodle shop", "a chain supermarket".
_NOT_A_NAME = re.compile(
    r"[我你他她它们的了是在有和跟与比给对把被让这那哪每各家个些很都也还就不没想要开做去来看问帮同行其别隔附全几多少为什么怎如何种类型卖当找到从像店间些叫及]"
    r"|连锁|大型|中型|小型|本地|社区|普通|高端|街边|网红|夫妻|传统|中式|西式|日式|韩式|川菜|社会|校园|楼下"
    r"|市场|周边|平均|一般|优秀|新开|线上|线下|行业|城市|支付"
)
_OWNER = re.compile(r"[\u4e00-\u9fff]记|[老阿][\u4e00-\u9fff](?=[\u4e00-\u9fff])")
CLOSE_NAME = 80  # rapidfuzz ratio of a slip in a name; two different demo names reach 75 at most
CLOSE_PHRASE = 92


@dataclass(frozen=True)
class ShopMention:
    """A shop named at [start, end): one id when known, several when it fits several, none when nobody in reach fits."""

    start: int
    end: int
    asked: str
    ids: tuple[str, ...]


class ShopNames:
    """The names and ids of the shops within one principal's reach."""

    def __init__(self, merchants: Sequence[Merchant], endings: Sequence[str]) -> None:
        self.source = merchants
        self._ids = {m.merchant_id.lower(): m.merchant_id for m in merchants}
        self._names: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        ordered = sorted((plain(e) for e in endings), key=len, reverse=True)
        for m in merchants:
            name = plain(m.name)
            self._names[name].append(m.merchant_id)
            stem = next((name.removesuffix(e) for e in ordered if name.endswith(e)), "")
            if len(stem) >= 2:
                self._stems[stem].append(m.merchant_id)
        self._sounds = Sounds(self._names)
        self._exact = _any_of(self._names)
        self._short = _any_of(self._stems)
        self._latin = [n for n in self._names if n.isascii() and len(n) >= 6]
        self._like = re.compile(rf"([\u4e00-\u9fff]{{2,4}}?)({'|'.join(ordered) or '(?!)'})(?!里|类|行业|业|券)")

    def find(self, text: str, taken: Sequence[tuple[int, int]] = ()) -> list[ShopMention]:
        """Shops named in the plain text outside the spans `taken` (dates), left to right."""
        busy = list(taken)
        found: list[ShopMention] = []
        for finder in (self._by_id, self._by_name, self._by_sound, self._by_likeness, self._by_stem, self._by_phrase):
            for mention in finder(text):
                if all(mention.end <= a or mention.start >= b for a, b in busy):
                    found.append(mention)
                    busy.append((mention.start, mention.end))
        return sorted(found, key=lambda m: m.start)

    def _by_id(self, text: str) -> list[ShopMention]:
        found = []
        for pattern, group in ((_ID, 0), (_NUMBERED, 1)):
            for match in pattern.finditer(text):
                known = self._ids.get(match[group]) or self._ids.get(match[group].replace("-", "").replace("_", ""))
                found.append(ShopMention(match.start(), match.end(), match[group].upper(), (known,) if known else ()))
        return found

    def _by_name(self, text: str) -> list[ShopMention]:
        return [ShopMention(m.start(), m.end(), m[0], tuple(self._names[m[0]])) for m in self._exact.finditer(text)]

    def _by_sound(self, text: str) -> list[ShopMention]:
        return [
            ShopMention(a, b, text[a:b], tuple(self._names[name]))
            for a, b, name in spoken_mentions(text, self._sounds, [])
        ]

    def _by_likeness(self, text: str) -> list[ShopMention]:
        found = []
        for match in self._like.finditer(text):
            asked, start = match[0], match.start()
            called = _OWNER.search(match[1])  # 郑记社区便利店: whoever stands before 记 gives the name away
            rest = [] if called else [m.end() for m in _NOT_A_NAME.finditer(match[1])]
            if called:
                start, asked = start + called.start(), asked[called.start() :]
            if rest:
                start += rest[-1]
                asked = asked[rest[-1] :]
            if len(asked) - len(match[2]) < 2:
                continue
            found.append(ShopMention(start, match.end(), asked, self._close(asked, CLOSE_NAME)))
        for match in _CALLED.finditer(text):
            asked = (match[1] or match[2]).strip()
            found.append(ShopMention(match.start(), match.end(), asked, self._close(asked, CLOSE_NAME)))
        return found

    def _by_stem(self, text: str) -> list[ShopMention]:
        return [ShopMention(m.start(), m.end(), m[0], tuple(self._stems[m[0]])) for m in self._short.finditer(text)]

    def _by_phrase(self, text: str) -> list[ShopMention]:
        if not self._latin or len(text) > 300:
            return []
        best = process.extractOne(text, self._latin, scorer=fuzz.partial_ratio, score_cutoff=CLOSE_PHRASE)
        if best is None:
            return []
        at = fuzz.partial_ratio_alignment(best[0], text)
        return [ShopMention(at.dest_start, at.dest_end, best[0], tuple(self._names[best[0]]))] if at else []

    def _close(self, asked: str, cutoff: int) -> tuple[str, ...]:
        best = process.extractOne(asked, list(self._names), scorer=fuzz.ratio, score_cutoff=cutoff)
        return tuple(self._names[best[0]]) if best else ()


def _any_of(words: dict[str, list[str]]) -> re.Pattern[str]:
    parts = [
        rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else re.escape(w)
        for w in sorted(words, key=len, reverse=True)
        if w
    ]
    return re.compile("|".join(parts) or r"(?!)")
