"""Dates as Chinese says them: 上个月, 最近30天, 去年双十一, 10月5日, 三季度, 周一以来."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.answering.embedded import dates_calendar as cal
from bot.answering.embedded.dates_calendar import Span
from bot.answering.embedded.lexicon_text import HAN
from bot.answering.embedded.slots_numbers import small_number

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date, bool], Span | None]]

_N = r"\d{1,3}|半|[一二两三四五六七八九十百零]{1,4}(?:个半(?=月|年|季))?"
_YEAR = r"20\d\d年?|今年|去年|前年|明年|本年"
_UNIT = {
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季度": "quarter",
    "季": "quarter",
    "年": "year",
    "半年": "half",
}
_UNITS = r"天|日|个?星期|个?礼拜|周|个?月|个?季度|年"
_WEEKDAYS = {c: i for i, chars in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for c in chars}
_HOLIDAYS = {
    "双十一": "double_11", "双11": "double_11", "双十二": "double_12", "双12": "double_12", "618": "618",
    "国庆": "national_day", "十一": "national_day", "十一黄金周": "national_day",
    "五一": "labour_day", "元旦": "new_year", "圣诞": "christmas", "情人节": "valentine", "春节": "spring_festival",
    "过年": "spring_festival",
    "中秋": "mid_autumn", "三八节": "women", "妇女节": "women",
}  # fmt: skip
# 十一 alone is a number; a word about days behind it makes it the National Day.
_ELEVEN = r"(?<!双)(?<!二)(?<!周)十一(?=以后|之后|以来|期间|假期|长假|那|前|过后|放假|会|能|卖|营业)"
_DAYS = {
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "昨天": -1,
    "昨日": -1,
    "昨儿": -1,
    "前天": -2,
    "大前天": -3,
    "明天": 1,
    "后天": 2,
}
_PARTS = {"初": "start", "上旬": "start", "中": "middle", "中旬": "middle", "底": "end", "末": "end", "下旬": "end"}


def _unit(word: str) -> str:
    return _UNIT[word.removeprefix("个")]


def _year(word: str | None, today: date) -> int | None:
    if not word:
        return None
    offsets = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1}
    return today.year + offsets[word] if word in offsets else int(word[:4])


def _full(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return cal.valid(int(m[1]), int(m[2]), int(m[3]))


def _year_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = int(m[2])
    return cal.month(int(m[1]), number) if 1 <= number <= 12 else None


def _month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = small_number(m["month"])
    if not number or number > 12 or number != int(number):
        return None
    year = _year(m["year"], today)
    span = cal.month(year, int(number)) if year else cal.nearest_month(int(number), today, ahead)
    if m["day"]:
        return cal.valid(span.start.year, span.start.month, int(small_number(m["day"]) or 0))
    return cal.part(span, _PARTS[m["part"]]) if m["part"] else span


def _days_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """11月10日到15号."""
    number, first, last = (int(small_number(m[name]) or 0) for name in ("month", "first", "last"))
    year = _year(m["year"], today)
    if not 1 <= number <= 12:
        return None
    whole = cal.month(year, number) if year else cal.nearest_month(number, today, ahead)
    return cal.days_between(cal.valid(whole.start.year, number, first), last)


def _week_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """The first or last seven days of a month."""
    shift = {"上": -1, "这": 0, "本": 0, "下": 1}.get(m[1][0])
    number = int(small_number(m[1].rstrip("月份")) or 0) if shift is None else 0
    whole = (
        cal.nearest_month(number, today, ahead)
        if shift is None
        else cal.around(today + cal.step("month", shift), "month")
    )
    return cal.end_week(whole, "last" if m[2].startswith("最后") else "first")


def _day_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """A bare 15号."""
    return cal.nearest_day(int(small_number(m[1]) or 0), today, ahead)


def _slashed(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """11/10: month and day where the sentence is Chinese; elsewhere nobody knows which is which."""
    if not HAN.search(m.string):
        return None
    spans = [s for y in (today.year - 1, today.year, today.year + 1) if (s := cal.valid(y, int(m[1]), int(m[2])))]
    return cal.nearest(spans, today, ahead) if spans else None


def _holiday(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    year, name = _year(m[1], today), _HOLIDAYS[m[2]]
    return cal.holiday(name, year) if year else cal.nearest_holiday(name, today, ahead)


def _quarter(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    year, number = _year(m[1], today), int(small_number(m[2]) or 0)
    if not 1 <= number <= 4:
        return None
    return cal.quarter(year, number) if year else cal.nearest_quarter(number, today, ahead)


def _half_year(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = 1 if m[2] == "上" else 2
    year = _year(m[1], today)
    return (
        cal.half(year, number)
        if year
        else cal.nearest([cal.half(y, number) for y in (today.year - 1, today.year, today.year + 1)], today, ahead)
    )


def _shift(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n = {"上": -1, "下": 1}.get(m[1][0], 0) * len(m[1].removesuffix("一"))
    span = cal.shifted(today, _unit(m[2]), n, ahead)
    return cal.part(cal.around(today + cal.step(_unit(m[2]), n), _unit(m[2])), _PARTS[m[3]]) if m[3] else span


def _weekday(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    which = m[1] or ""
    shift = -which.count("上") + which.count("下")
    d = cal.week(today).start + timedelta(weeks=shift, days=_WEEKDAYS[m[2]])
    if not which:
        d += timedelta(weeks=1 if ahead and d < today else -1 if not ahead and d > today else 0)
    return cal.day(d)


def _weekend(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    shift = {"上": -1, "下": 1}.get(m[1] or "", 0)
    saturday = cal.week(today).start + timedelta(weeks=shift, days=5)
    if not m[1] and not ahead and saturday > today:
        saturday -= timedelta(weeks=1)
    return Span(saturday, saturday + cal.DAY, "span")


def _whole_days(word: str, unit: str) -> float | None:
    """How many units; half a day or half a week is no period of business days."""
    n = small_number(word.removesuffix("个半"))
    n = n + 0.5 if n and word.endswith("个半") else n
    return n if n and (n >= 1 or unit in ("month", "quarter", "year")) else None


def _last(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    unit = _unit(m[2])
    n = _whole_days(m[1], unit)
    return cal.last(today, unit, n) if n else None


def _coming(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    unit = _unit(m[2])
    n = _whole_days(m[1], unit)
    return cal.coming(today, unit, n) if n else None


def _within(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return (_coming if ahead else _last)(m, today, ahead)


def _lasting(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """A bare 两个月 is a time to come in a plan; in other questions it is the length of something, 半个月 aside."""
    if not ahead and m[1] != "半":
        return None
    return _within(m, today, ahead)


def _ago(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n = small_number(m[1])
    if not n:
        return None
    sign = -1 if m[3].endswith("前") else 1
    unit = _unit(m[2])
    then = today + sign * cal.step(unit, n)
    return cal.day(then) if unit == "day" else cal.around(then, unit)


def _named_day(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return cal.day(today + timedelta(days=_DAYS[m[0]]))


def _year_part(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    year = _year(m[1], today)
    if year:
        return cal.part(cal.year_span(year), _PARTS[m[3]])
    unit = {"年": "year", "月": "month", "季": "quarter", "季度": "quarter", "周": "week"}[m[2]]
    return cal.part(cal.around(today, unit), _PARTS[m[3]])


def _whole_year(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    year = _year(m[0], today)
    if year is None:
        return None
    return cal.shifted(today, "year", 0, ahead) if year == today.year else cal.year_span(year)


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), function)
    for pattern, function in (
        (r"(?<!\d)(20\d\d) ?[年\-/.] ?(\d{1,2}) ?[月\-/.] ?(\d{1,2})(?!\d)[日号]?", _full),
        (r"(?<!\d)(20\d\d) ?[年\-/.] ?(\d{1,2})(?![\d.%])(?:月份?)?", _year_month),
        (
            rf"(?P<year>{_YEAR})? ?的?(?P<month>(?<!\d)\d{{1,2}}|(?<![一二三四五六七八九十])(?:十[一二]?"
            rf"|[一二三四五六七八九])) ?月份?"
            rf"(?:(?P<day>{_N})[日号]|(?P<part>初|底|末|上旬|中旬|下旬))?(?!内)",
            _month,
        ),
        (
            rf"(?P<year>{_YEAR})? ?的?(?P<month>(?<!\d)\d{{1,2}}|(?<![一二三四五六七八九十])(?:十[一二]?"
            rf"|[一二三四五六七八九])) ?月份?(?P<first>{_N})[日号]? ?(?:到|至|-|~|–|—) ?"
            rf"(?P<last>{_N})[日号]?(?![\d月%])",
            _days_of_month,
        ),
        (
            r"(上个?月|这个?月|本月|下个?月|\d{1,2}月份?|十[一二]?月份?|[一二三四五六七八九]月份?)的?(第一|头一|最后一?)个?(?:周|星期|礼拜)",
            _week_of_month,
        ),
        (rf"(?<![第\d月一二三四五六七八九十])({_N})号(?![店楼线院门仓机码])", _day_of_month),
        (r"(?<![\d/.])(1[0-2]|0?[1-9])/([0-3]?\d)(?![\d/%])", _slashed),
        (rf"({_YEAR})?的?({_ELEVEN})(?:期间|那[几七]?天|那几日|长?假期?)*", _holiday),
        (
            rf"({_YEAR})?的?({'|'.join(w for w in _HOLIDAYS if w != '十一')})"
            r"(?:节|期间|那[几七]?天|那几日|那阵子?|那段时间|黄金周|长?假期?|七天)*",
            _holiday,
        ),
        (rf"({_YEAR})?的?第?([一二三四1-4])季度?(?:度)?", _quarter),
        (rf"({_YEAR})?的?(上|下)半年", _half_year),
        (r"(上|这|本|下)?个?周末", _weekend),
        (
            r"(?!这一个月)(上+|(?<!一)下+|这一?|本|当|今)一?(个?月|周|个?星期|个?礼拜|个?季度|年|半年)(初|底|末|中旬|上旬|下旬)?",
            _shift,
        ),
        (r"(上+|(?<!一)下+|这|本)?个?(?:周|星期|礼拜)(一(?![共直般定天年])|[二三四五六日天])", _weekday),
        (rf"(?:最近|近|过去|前|这|刚过去)的?这?({_N})({_UNITS})(?!前|后)", _last),
        (rf"(?:未来|再过|接下来|今后|往后|之后)的?({_N})({_UNITS})", _coming),
        (rf"下的?({_N})(天|日|个?星期|个?礼拜|周|个月|个?季度|年)", _coming),
        (rf"({_N})({_UNITS})(?:之内|以内|内|的?(?=.{{0,6}}(?:计划|规划|方案|安排|节奏)))", _within),
        (rf"(?<![第最近过去])({_N})({_UNITS})(之?以?前|之?以?后)", _ago),
        (rf"(?<![第每最近过去])({_N})({_UNITS})(?!前|后)", _lasting),
        (r"大前天|今天|今日|今儿|昨天|昨日|昨儿|前天|明天|后天", _named_day),
        (rf"({_YEAR})?(年|月|季度?|周)(初|底|末)", _year_part),
        (r"(?<!\d)20\d\d年|今年|去年|前年|明年|本年", _whole_year),
    )
)
