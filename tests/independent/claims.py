"""Which figure a printed number claims to be, read from the words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .days import role
from .lexicon import Mention
from .reading import Number, When
from .truth import RATIO, UNIT_OF, Claim, unit_of
from .values import DIMENSION_OF

CLAUSE = re.compile(r"[，,；;：:。（）()、]|\. |——| - ")
NOUNS = (
    ("新", "new_users_28d"),
    ("new", "new_users_28d"),
    ("粉丝", "followers"),
    ("follower", "followers"),
    ("访客", "visitors_28d"),
    ("visitor", "visitors_28d"),
)
COUNTED = ("users", "pieces", "yuan")
YEAR_AGO = re.compile(r"同比|去年|last year|a year (?:ago|earlier)|52 ?(?:周|weeks)", re.IGNORECASE)


@dataclass
class Carry:
    """What earlier sentences of the answer were about."""

    metric: str | None = None
    dimension: str | None = None
    latest: str | None = None
    day: date | None = None  # the last day that figures were said to be as of
    then: date | None = None  # the last day that they were compared with


@dataclass(frozen=True)
class Scene:
    """One sentence with everything found in it."""

    text: str
    mentions: Sequence[Mention]
    numbers: Sequence[Number]
    whens: Sequence[When]
    day: date  # the card's
    carry: Carry = field(default_factory=Carry)

    def dated(self, *roles: str) -> list[When]:
        return [w for w in self.whens if role(self.text, w) in roles]

    @property
    def default(self) -> date:
        """The day of figures without a date of their own: the as-of date of this sentence, else of those before."""
        named = [w.last for w in self.dated("as_of") if w.first <= self.day]
        return min(named[0] if len(named) == 1 else self.carry.day or self.day, self.day)

    @property
    def then(self) -> date:
        """The day that a change is counted from."""
        earlier = [w.last for w in self.dated("since", "on") if w.last < self.default]
        if not earlier and YEAR_AGO.search(self.text):
            return self.default - timedelta(days=364)
        return earlier[-1] if earlier else self.carry.then or self.default - timedelta(days=28)

    def between(self, low: int, high: int, *kinds: str) -> list[Mention]:
        return [m for m in self.mentions if low <= m.start and m.end <= high and m.kind in kinds]

    def clause(self, at: int) -> tuple[int, int]:
        """Bounds of the clause around a position. A thousands comma is inside a number, so never a bound here."""
        inside = [m for m in CLAUSE.finditer(self.text) if not any(n.start < m.start() < n.end for n in self.numbers)]
        low = max((m.end() for m in inside if m.end() <= at), default=0)
        high = min((m.start() for m in inside if m.start() >= at), default=len(self.text))
        return low, high

    def before(self, number: Number, counts: bool = True) -> int:
        """Where the number before this one ends. Without `counts`, a count of shops is passed over."""
        ahead = [n for n in self.numbers if n.end <= number.start and (counts or n.unit != "shops")]
        return max((n.end + len(n.noun) for n in ahead), default=0)

    def after(self, number: Number) -> int:
        return min((n.start for n in self.numbers if n.start >= number.end), default=len(self.text))


def subject(scene: Scene, at: int, *kinds: str, wide: bool = False) -> str | None:
    """The nearest metric, dimension or asset named before a place, else after it in its clause (`wide`: in its
    sentence), else earlier on."""
    before = [m for m in scene.mentions if m.kind in kinds and m.start < at]
    if before:
        return before[-1].key
    after = scene.between(at, len(scene.text) if wide else scene.clause(at)[1], *kinds)
    if after:
        return after[0].key
    carry = scene.carry
    known = {"metric": carry.metric, "dimension": carry.dimension}
    return (
        carry.latest if {"metric", "dimension"} <= set(kinds) else next((known[k] for k in kinds if k in known), None)
    )


def cue(scene: Scene, number: Number) -> str:
    """Whose figure it is: the nearest of own, peer_median, peer_upper_quarter, score, coverage; own by default."""
    kinds = ("statistic", "comparison", "metric", "dimension")
    start = max(scene.before(number, counts=False), _sentence_part(scene, number))
    ahead = scene.between(start, number.start, *kinds)
    cues = [m for m in ahead if m.kind in ("statistic", "comparison")]
    if cues:
        return "peer_median" if cues[-1].kind == "comparison" else cues[-1].key
    end = scene.clause(number.end)[1]
    behind = scene.between(number.end, end, "statistic")
    if behind and scene.after(number) >= end:
        return behind[0].key
    return "own"


def _sentence_part(scene: Scene, number: Number) -> int:
    """A cue in an earlier clause counts only when that clause holds no figure of its own: here, the last semicolon."""
    return max((m.end() for m in re.finditer(r"[；;。]", scene.text) if m.end() <= number.start), default=0)


def day_of(scene: Scene, start: int, end: int) -> date:
    """The day that the words at [start, end) speak of: now, the nearest date before them or behind them in their
    clause, else what the sentence or those before it said to be the day."""
    low = max((n.end + len(n.noun) for n in scene.numbers if n.end <= start), default=0)
    ahead = [w for w in scene.dated("as_of", "on") if low <= w.start and w.end <= start]
    current = [m for m in scene.between(low, start, "now") if not ahead or m.start >= ahead[-1].end]
    if current:
        return scene.day
    high = min([scene.clause(end)[1], *(n.start for n in scene.numbers if n.start >= end)])
    near = ahead[-1:] or [w for w in scene.dated("as_of", "on") if end <= w.start and w.end <= high][:1]
    return min(near[0].last, scene.day) if near and near[0].first <= scene.day else scene.default


def claims(scene: Scene, number: Number) -> list[Claim]:
    """Every figure that the words allow this number to be, most likely first; empty when they name none."""
    for rule in (_counted, _placed, _shared, _gained, _changed, _plain):
        found = rule(scene, number)
        if found:
            return found
    return []


def _counted(scene: Scene, number: Number) -> list[Claim]:
    about = subject(scene, number.start, "metric", "dimension", wide=True)
    if number.unit != "shops" or about is None:
        return []
    ahead = scene.between(scene.before(number), number.start, "rank_share")
    return [Claim(about, "beaten" if ahead else "peers", day_of(scene, number.start, number.end))]


def _placed(scene: Scene, number: Number) -> list[Claim]:
    about = subject(scene, number.start, "metric", "dimension")
    if about is None or number.unit not in (None, "ordinal"):
        return []
    beaten = scene.between(max(scene.before(number), number.start - 16), number.start, "rank_share")
    if beaten and _fraction_parts(scene, number):
        return [Claim(about, "beaten", day_of(scene, number.start, number.end))]
    ahead = scene.between(scene.before(number), number.start, "place")
    if number.unit == "ordinal" or (ahead and number.start - ahead[-1].end <= 4):
        return [Claim(about, "place", day_of(scene, number.start, number.end))]
    ranked = any(m.kind == "place" for m in scene.mentions) or any(n.unit == "ordinal" for n in scene.numbers)
    if ranked and re.search(r"(?:\bof(?: the)?|/|共)\s*$", scene.text[: number.start]):
        return [Claim(about, "peers", day_of(scene, number.start, number.end))]
    return []


def _shared(scene: Scene, number: Number) -> list[Claim]:
    about = subject(scene, number.start, "dimension", "metric")
    if number.unit != "percent" or about is None:
        return []
    if cue(scene, number) == "coverage":
        return [
            Claim(
                subject(scene, number.start, "dimension") or about, "coverage", day_of(scene, number.start, number.end)
            )
        ]
    ahead = scene.between(max(scene.before(number), scene.clause(number.start)[0]), number.start, "rank_share")
    if not ahead:
        return []
    share = "rank_share" if about not in RATIO and about not in UNIT_OF else "score"
    return [Claim(about, share, day_of(scene, number.start, number.end))]


def _gained(scene: Scene, number: Number) -> list[Claim]:
    metric = subject(scene, number.start, "metric")
    ahead = scene.between(_sentence_part(scene, number), number.end, "gain")
    changing = scene.between(scene.before(number), number.start, "change")
    grown = number.signed and number.value > 0 and not any(w.last < scene.day for w in scene.whens)
    if metric is None or changing or number.unit not in (None, "points") or not (ahead or grown) or number.value < 0:
        return []
    if not number.signed and ahead and _names_a_level(scene, number):
        return []
    before = [m.key for m in scene.between(0, number.start, "statistic", "comparison") if m.key.startswith("peer")]
    end = scene.clause(number.end)[1]
    behind = [m.key for m in scene.between(number.end, end, "statistic") if m.key.startswith("peer")]
    level = (behind[:1] if behind and scene.after(number) >= end else before[-1:]) or ["peer_median"]
    gain = "gain_at_upper_quarter" if level[0] == "peer_upper_quarter" else "gain_at_median"
    raised = scene.between(ahead[-1].end if ahead else scene.before(number), number.start, "dimension")
    if raised and raised[-1].key != DIMENSION_OF[metric]:
        return [Claim(raised[-1].key, gain, scene.default)]  # a metric moves no other dimension: never true
    return [Claim(metric, gain, day_of(scene, number.start, number.end))]


def _names_a_level(scene: Scene, number: Number) -> bool:
    """A score, not a gain: a dimension or a statistic stands right before the number."""
    ahead = scene.between(scene.before(number), number.start, "dimension", "statistic", "gain")
    return bool(ahead) and ahead[-1].kind != "gain"


def _changed(scene: Scene, number: Number) -> list[Claim]:
    about = subject(scene, number.start, "metric", "dimension", "asset")
    if about is None:
        return []
    low, high = scene.clause(number.start)
    peers = [m for m in scene.between(0, high, "statistic", "comparison") if m.key != "own"]
    apart = _apart(scene, number, low, high)
    if peers and apart and not scene.between(low, high, "change"):
        return [Claim(about, "against_peers", day_of(scene, number.start, number.end), direction=apart)]
    moves = scene.between(scene.before(number), number.start, "change") or scene.between(number.end, high, "change")
    if not moves and number.unit != "pp" and not number.signed:
        return []
    if re.search(r"(?:到|至|为|是|from|to)\s*$", scene.text[: number.start]):
        return []
    return [Claim(about, "change", scene.default, scene.then, moves[0].key if moves else "any")]


_UP = r"高出?|多出?|领先|above|more than|ahead of|higher"
_DOWN = r"低|差|少|落后|below|behind|less than|short|lower"


def _apart(scene: Scene, number: Number, low: int, high: int) -> str | None:
    """up or down when the words right around the number set it apart from something, else None."""
    ahead, behind = scene.text[low : number.start], scene.text[number.end : high]
    if number.unit not in ("pp", "points", "yuan", "users", "days", "times"):
        return None
    for way, words in (("up", _UP), ("down", _DOWN)):
        if re.search(rf"(?:{words})(?:了|约|大约)?\s*$", ahead) or re.match(rf"[^\d]{{0,20}}?\b(?:{words})\b", behind):
            return way
    return "any" if number.unit == "pp" and scene.between(low, high, "statistic", "comparison") else None


def _plain(scene: Scene, number: Number) -> list[Claim]:
    day, whose = day_of(scene, number.start, number.end), cue(scene, number)
    statistic = whose if whose.startswith("peer") else "value"
    found = []
    for base in _subjects(scene, number):
        wanted = unit_of(base)
        if base.startswith("users."):
            found += [Claim(base, "value", day)] if number.unit in (None, "users") else []
        elif wanted == number.unit or (number.unit in (None, "scale_of") and wanted in ("points", "times", "users")):
            found.append(Claim(base, statistic if wanted != "points" or statistic != "value" else "score", day))
        elif whose == "score" and wanted != "points" and number.unit in ("points", None, "scale_of"):
            found.append(Claim(base, "score", day))
        parts = _fraction_parts(scene, number)
        if base in RATIO and (number.unit in COUNTED or (number.unit is None and parts)):
            found += [Claim(base, part, day) for part in parts or ("numerator", "denominator")]
        if found:
            break
    return found + [Claim(m, "value", day) for n, m in NOUNS if n in number.noun]


def _subjects(scene: Scene, number: Number) -> list[str]:
    """What the number may be about: the nearest name of any kind, metric, dimension."""
    kinds = (("metric", "dimension", "asset"), ("metric",), ("dimension",))
    near = [subject(scene, number.start, *k) for k in kinds]
    return list(dict.fromkeys(s for s in near if s is not None))


def _fraction_parts(scene: Scene, number: Number) -> tuple[str, ...]:
    """Which part of a fraction a count is: the 39 or the 216 of "39 of 216", "39/216" or 216 里的 39."""
    ahead, behind = scene.text[: number.start], scene.text[number.end :].lstrip().removeprefix(number.noun)
    if re.search(r"(?:\bof(?: the)?|/|共|发出)\s*$", ahead) or re.match(r"\s*(?:里|当?中)", behind):
        return ("denominator",)
    if re.match(r"\s*(?:(?:out )?of\b|/)", behind) or re.search(r"\d\D{0,8}(?:里|中)\D{0,24}$|核销\s*$", ahead):
        return ("numerator",)
    return ()
