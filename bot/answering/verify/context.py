"""Whose number it is: the metric that is named nearest, the owner (you or the peers), the shop and the day."""

import re

from bot.answering.statistics import AHEAD, CHANGES, EARLIER, EFFECT, SUPPOSED, TERMS, is_chance, is_change
from bot.answering.verify.figures import Match, nouns_of
from bot.answering.verify.numerals import Numeral
from bot.answering.verify.prepare import COVER, Case, Line
from bot.answering.verify.words import MOVING, Hit, load_words
from tools.types import Measurement

_REACH = 14  # characters: a name that follows further behind belongs to something else
_SHARES = frozenset({"rank_share", "coverage"})
_GAIN = frozenset({"gain_at_median", "gain_at_upper_quarter"})
_OF_ANYBODY = frozenset({"peers", "rank_share", "coverage", "change", "score_change"}) | _GAIN
_TOLD_APART = AHEAD | EFFECT | SUPPOSED | EARLIER | frozenset({"error", "error_last_week", "error_weekday_mean"})
_CLOSED = re.compile(r"[)）:：]")
_TIED = re.compile(rf"^[\s{COVER}]*(?:是|为|:|：|is|are|was|were|of|at|=|only|只有)?[\s{COVER}]*$")


def topic_of(line: Line) -> frozenset[str]:
    """Everything that a line names."""
    return frozenset(base for hit in line.mentions for base in hit.meanings)


def bases_of(case: Case, measurement: Measurement) -> frozenset[str]:
    """The names that a figure may stand under: its own, and for what a metric would bring also its dimension."""
    own = {measurement.base}
    told_by_either = measurement.statistic in _GAIN | TERMS or is_chance(measurement)
    if told_by_either and measurement.base in case.lexicon.dimension_of:
        own |= {case.lexicon.dimension_of[measurement.base], "overall"}
    return frozenset(own)


def governed(case: Case, line: Line, numeral: Numeral, options: list[Match], topic: frozenset[str]) -> list[Match]:
    """The options whose metric is the one that the text names for this number."""
    if all(_named_by_part(o.measurement) for o in options):
        return options
    if all(o.field != "value" for o in options):  # a base of so many visitors: named anywhere near
        near = topic_of(line) | topic
        return [o for o in options if not near or bases_of(case, o.measurement) & near]
    users = [o for o in options if o.measurement.base == "users"]
    if users:
        state = _user_state(line, numeral)
        return [o for o in users if state is None or _is_state(o.measurement, state)]
    if _tied_to_another(case, line, numeral, options):
        return []
    governor = _governor(case, line, numeral, options)
    names = governor.meanings if governor is not None else topic
    return [o for o in options if not names or bases_of(case, o.measurement) & names]


def _named_by_part(measurement: Measurement) -> bool:
    """The same shops stand behind every series of an effect; what credits buy is told as what it is."""
    return measurement.statistic == "matches" or (measurement.base == "credits" and measurement.part is not None)


def _is_state(measurement: Measurement, said: Hit) -> bool:
    """Whether a figure of users is of the state that the text names; regulars that left are regulars and lost."""
    statistic = measurement.statistic
    if f"users.{statistic}" in said.meanings:
        return True
    family = {"regulars"} if statistic.endswith(("_regulars", "_regulars_value")) else set()
    family |= {"lapsed"} if statistic.startswith("lost_") else set()
    family |= {"won_back"} if statistic.startswith("regained_") else set()
    told = set(re.split(r"[>:]", measurement.part or "")) if statistic in ("moved", "value", "funnel") else set()
    return any(f"users.{name}" in said.meanings for name in family | told)


def _user_state(line: Line, numeral: Numeral) -> Hit | None:
    """The state of users that a count stands beside: named before it, or right behind it."""
    states = [h for h in line.words if any(m.startswith("users.") for m in h.meanings)]
    touching = next(
        (h for h in states if h.start >= numeral.end and not line.open[numeral.end : h.start].strip()), None
    )
    return touching or next((h for h in reversed(states) if h.end <= numeral.start), None)


def _governor(case: Case, line: Line, numeral: Numeral, options: list[Match]) -> Hit | None:
    """The mention a number belongs to: the one it touches, else before it in its clause, else after it, else before."""
    mentions = [h for h in line.mentions if _can_count(case, h, numeral, options)]
    start, end = line.clause(numeral.start)
    touching = next(
        (h for h in mentions if h.start >= numeral.start and not line.open[numeral.end : h.start].strip()), None
    )
    before = [h for h in mentions if h.end <= numeral.start]
    if touching is not None:
        return touching
    if before and before[-1].start >= start:
        return before[-1]
    after = next((h for h in mentions if numeral.end <= h.start < min(end, numeral.end + _REACH)), None)
    if after is not None and _CLOSED.search(line.open[numeral.end : after.start]):
        after = None
    return after or (before[-1] if before else None)


def _can_count(case: Case, hit: Hit, numeral: Numeral, options: list[Match]) -> bool:
    """Whether a number said like this can belong to what is named: 18.2% is never a number of visitors."""
    for base in hit.meanings:
        metric = case.catalog.by_id.get(base)
        allowed = _nouns(case, base)
        if metric is None and any(o.measurement.statistic in _SHARES for o in options):
            allowed |= {"share"}  # ahead of 31% of them
        if numeral.noun in allowed | {"merchants", "ordinal", "share_change"}:
            return True
    return False


def _nouns(case: Case, base: str) -> frozenset[str]:
    """What a number of this metric, series or score can be counted in."""
    known = case.catalog.by_id.get(base) or case.catalog.series_by_id.get(base)
    if base == "credits":
        return nouns_of("credits")
    shares = (
        frozenset({"share"}) if base in case.catalog.series_by_id else frozenset()
    )  # a forecast's change, an effect
    return (frozenset() if known is None else nouns_of(known.unit)) | {"", "score"} | shares


def _tied_to_another(case: Case, line: Line, numeral: Numeral, options: list[Match]) -> bool:
    """ "visitors: 18.2%": a name that cannot have such a number, bound to it by nothing but a verb."""
    before = [h for h in line.mentions if h.end <= numeral.start]
    if not before or _can_count(case, before[-1], numeral, options):
        return False
    return _TIED.match(line.lower[before[-1].end : numeral.start]) is not None


def fits_role(case: Case, line: Line, numeral: Numeral, option: Match) -> bool:
    """Whether the text gives the number to the right owner (you, the peers, their upper quarter, your past) and, for
    what is not simply so now, says what it is: a part, a supposition, a forecast, a share of others, an effect."""
    measurement = option.measurement
    if not _says_its_kind(line, measurement, option.field):
        return False
    statistic = measurement.statistic
    if statistic in CHANGES:
        return (numeral.signed or _says_change(line, numeral)) and _right_term(line, numeral, statistic)
    if option.field != "value" or _of_anybody(measurement):
        return True
    role = _role(line, numeral)
    if statistic == "peer_median":
        return role == "peer"
    if statistic == "peer_upper_quarter":
        return role == "quarter"
    if statistic.startswith("past_"):
        return role == "past"
    return role in ("own", "past")


def _of_anybody(measurement: Measurement) -> bool:
    """Whether the owner need not be said: the base or the statistic already says whose it is."""
    plain = measurement.base in ("users", "credits") or measurement.statistic in _OF_ANYBODY
    return plain or bool(measurement.part) or is_chance(measurement) or measurement.statistic in _TOLD_APART


def _says_its_kind(line: Line, measurement: Measurement, field: str) -> bool:
    """What would be, will be, or was brought about must be said to be that, somewhere in its sentence."""
    wanted = _kind_words(measurement)
    if field == "value" and wanted and all(line.meaning(word) is None for word in wanted):
        return False
    part = f"part.{measurement.part}"
    return part not in load_words().parts or line.meaning(part) is not None


def _kind_words(measurement: Measurement) -> tuple[str, ...]:
    if measurement.statistic in SUPPOSED:
        return ("prospective",)
    if measurement.statistic in AHEAD:
        return ("ahead", "prospective")
    if measurement.statistic in EFFECT:
        return ("effect",)
    if is_chance(measurement):
        return ("chance", "prospective")
    return ("past", "role.past") if measurement.statistic in EARLIER and measurement.base == "credits" else ()


def _right_term(line: Line, numeral: Numeral, statistic: str) -> bool:
    """The terms of an explanation: what you did is not what the peers did."""
    if statistic in ("own", "own_rest"):
        return _role(line, numeral) in ("own", "past")
    if statistic == "peers_moved":
        return _role(line, numeral) == "peer"
    if statistic in ("group_changed", "coverage_changed"):
        start, end = line.clause(numeral.start)
        return line.meaning(f"term.{statistic}", start, end) is not None
    return True


def _says_change(line: Line, numeral: Numeral) -> bool:
    """Whether the clause speaks of a movement: without that, 12 is a level and not a change of 12."""
    start, end = line.clause(numeral.start)
    return any(line.meaning(name, start, end) is not None for name in MOVING)


def _role(line: Line, numeral: Numeral) -> str:
    start, end = line.clause(numeral.start)
    before = [h for h in line.words if start <= h.start and h.end <= numeral.start and _roles(h)]
    if before:
        return _roles(before[-1])[-1]
    stop = min(
        [
            end,
            *(p for p in line.parentheses if p >= numeral.end),
            *(n.start for n in line.numerals if n.start >= numeral.end),
        ]
    )
    after = next((h for h in line.words if numeral.end <= h.start < stop and _roles(h)), None)
    return _roles(after)[0] if after is not None else "own"


def _roles(hit: Hit) -> list[str]:
    return sorted(m.removeprefix("role.") for m in hit.meanings if m.startswith("role."))


def fits_period(case: Case, line: Line, numeral: Numeral, option: Match) -> bool:
    """Whether the day or stretch that the clause names is the figure's own, and an earlier figure is called earlier."""
    measurement = option.measurement
    start, end = line.clause(numeral.start)
    named = [d for d in line.dates if start <= d.start < end]
    days = {measurement.period.end, measurement.as_of}
    if len(named) > 1 or is_change(measurement):  # a lone day is the day that a figure ends on
        days.add(measurement.period.start)
    if named and not any(d.among(days, case.today) for d in named):
        return False
    if not _stretch_fits(line, measurement, start, end):
        return False
    timeless = measurement.statistic in _OF_ANYBODY or is_chance(measurement)
    if case.as_of is None or measurement.as_of >= case.as_of or timeless:
        return True
    if named or _role(line, numeral) == "past":
        return True
    # "13 September: 88.26, a change of 12.10": a change stands behind the day that it is counted from
    ends = {measurement.period.start, measurement.period.end}
    return is_change(measurement) and any(d.among(ends, case.today) for d in line.dates)


def _stretch_fits(line: Line, measurement: Measurement, start: int, end: int) -> bool:
    """ "last week" beside a figure of 28 days is the wrong period."""
    hit = line.meaning("days", start, end)
    if hit is None or measurement.statistic in ("peers",):
        return True
    low, high = load_words().days[hit.text]
    length = (measurement.period.end - measurement.period.start).days + 1
    return low <= length <= high or measurement.unit == "score"


__all__ = ["bases_of", "fits_period", "fits_role", "governed", "topic_of"]
