"""Sentences, dates and figures of an answer's text, in Chinese and English, without any knowledge of what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(?P<name>(?:January|February|March|April|May|June|July|August|September|October|November|December)|" + (
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
DATES = tuple(
    re.compile(p)
    for p in (
        r"(?P<y>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>20\d\d)\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]",
        r"(?P<y>20\d\d)\s?年\s?(?P<m>\d{1,2})\s?月份?",
        r"(?<!\d)(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]",
        r"(?<![\d个])(?P<m>\d{1,2})\s?月份?(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)? {_NAME}(?:,? (?P<y>20\d\d))?\b",
        rf"\b{_NAME} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?%)(?:,? (?P<y>20\d\d))?",
        rf"\b{_NAME}(?: (?P<y>20\d\d))?\b",
        r"(?P<y>20\d\d)\s?年",
    )
)
_PEOPLE = (
    r"(?:位|名|个)?\s?(?:访客|用户|新客|粉丝|顾客|客人|老客|熟客|买家|会员)|人|位|名"
    r"|(?:new |returning |distinct )?(?:visitors?|users?|customers?|followers?|people|buyers?|regulars)\b"
)
UNITS = (
    ("pp", r"个?百分点|percentage[ -]points?|pp\b"),
    ("percent", r"%|％|percent\b|per cent\b"),
    ("yuan", r"元|块钱?|yuan\b|RMB\b|CNY\b"),
    ("shops", r"家|间店|(?:(?:comparable|similar|other|peer|such)\s)?(?:shops|merchants|stores|peers)\b"),
    ("users", _PEOPLE),
    ("pieces", r"张|单|笔|coupons?\b|orders?\b|vouchers?\b"),
    ("hours", r"个?小时|hours?\b"),
    ("minutes", r"分钟|minutes?\b"),
    ("months", r"个月|months?\b"),
    ("weeks", r"周|weeks?\b"),
    ("days", r"天|days?\b"),
    ("points", r"分(?!之|钟|位)|points?\b|pts\b"),
    ("times", r"倍|times\b|x\b|×"),
    ("scale_of", r"/\s?100\b"),
)  # fmt: skip
_UNIT = re.compile("|".join(f"(?P<{n}>{p})" for n, p in UNITS), re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<sign>(?<!\d)[+＋−-](?=[\d¥￥$]))?(?P<money>¥|￥|RMB\s?|\$)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<rest>\.\d+)?(?P<ordinal>(?:st|nd|rd|th)\b)?\s?(?P<big>万|亿|million|k\b)?(?![\d])"
)
_CHINESE = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ENGLISH = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_ZH_UNIT = r"\s?(?:个百分点|百分点|家|位|元|倍|成|周|天|个?小时|分(?![之钟位别点]))"
_EN_UNIT = r"\s(?:shops|merchants|stores|peers|points|percent|users|visitors|customers|days|weeks|hours|times)\b"
_SPELT = re.compile(
    rf"(?P<zh>[一二两三四五六七八九十百千]+)(?={_ZH_UNIT})"
    r"|(?P<half>一半|半数|\bhalf (?:of|the|your)\b)"
    r"|(?P<fraction>[一二两三四]分之[一二三四]|百分之[一二三四五六七八九十]+)"
    rf"|\b(?P<en>{'|'.join(list(_ENGLISH)[2:])})\b(?={_EN_UNIT})"
    r"|\b(?P<enfraction>(?:a|one|two|three) (?:third|quarter|fifth|tenth)s?)\b",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"(?P<zh>[一二两三四五六七八九十]个)?半(?:个)?(?:(?P<hour>小时|钟头)|天|日)"
    rf"|\b(?:(?P<en>{'|'.join(_ENGLISH)}) and a )?half (?:an? )?(?:(?P<enhour>hours?)|days?)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"(?P<zh>[一二两三四五六七八九十百千]+)(?=\s?[种个样件点步条份项次张单笔页])|\b(?P<en>{'|'.join(_ENGLISH)})\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"一\s?[位家]")
_MEASURED = "\uf8ff"  # stands for the mark of a measurement: what follows it may belong to a passage
_MARK = re.compile(r"\[(M\d+(?:\s*,\s*M\d+)*)\]")
CITED = re.compile(r"(?:\s*\[P\d+(?:\s*,\s*P\d+)*\])+")
_OPENER = re.compile(
    r"(?:规则|规定|文件[^：。，]{0,10}写[^：。，]{0,6})：|\b(?:the rules?(?: say)?|documents? (?:say|state)s?)\s*:",
    re.IGNORECASE,
)
_TITLE = re.compile(r"《[^》]*》|\"[^\"]*\"|“[^”]*”")
_LIST = re.compile(r"^\s*(?:[-*•·]\s+|\(?\d{1,2}\s*[.)、）]\s*(?!\d)|[①-⑳]\s*)")
_END = re.compile(r".+?(?:[。！？；!?;]|\.(?=\s|$)|$)")
HALF_WIDTH = str.maketrans("０１２３４５６７８９％", "0123456789%")


@dataclass(frozen=True)
class Number:
    """A figure as printed: `value` carries its sign and its 万, `step` is one unit of its last printed place."""

    start: int
    end: int  # of the digits, before the unit
    text: str
    value: float
    step: float
    signed: bool
    unit: str | None  # a name of UNITS, or None for a bare number
    noun: str = ""  # the words that made the unit

    @property
    def after(self) -> int:
        return self.end


@dataclass(frozen=True)
class When:
    start: int
    end: int
    first: date
    last: date


@dataclass(frozen=True)
class Sentence:
    """One sentence without marks: `line` counts lines of the answer, `passages` are the P ids that it rests on,
    `ahead` is the line up to the sentence's end."""

    text: str
    line: int
    passages: tuple[str, ...]
    ahead: str = ""


def sentences(text: str) -> list[Sentence]:
    """Lines split into sentences. What stands before a citation mark, back to the mark before it, to a measured figure
    or to an opening such as "The rule:", rests on that citation, with all its figures."""
    found = []
    for at, raw in enumerate(text.translate(HALF_WIDTH).splitlines()):
        line = _MARK.sub(_MEASURED, raw).replace("**", "").replace("`", "").replace("\u00a0", " ")
        line = _LIST.sub("", re.sub(r"^\s*(?:#+|>)\s*", "", line))
        done = 0
        for piece, passages in _pieces(line):
            for match in _END.finditer(piece):
                body = match.group().replace(_MEASURED, "")
                if re.search(r"\w", body):
                    found.append(Sentence(body, at, passages, line[: done + match.end()]))
            done += len(piece)
    return found


def _pieces(line: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Parts of a line with the passages that they rest on. Marks are blanked, so that the parts still add up."""
    at = 0
    for mark in CITED.finditer(line):
        piece = line[at : mark.start()]
        untitled = _TITLE.sub(lambda m: "＿" * len(m.group()), piece)
        opened = [m.end() for m in _OPENER.finditer(untitled)]
        measured = [m.end() for m in re.finditer(rf"{_MEASURED}\s*[.。,，;；]?", piece)]
        begin = max((*opened, *measured), default=0)
        yield piece[:begin], ()
        yield piece[begin:] + " " * len(mark.group()), tuple(re.findall(r"P\d+", mark.group()))
        at = mark.end()
    yield line[at:], ()


def dates(text: str, today: date) -> list[When]:
    """Dates and months, the nearest past year where none is written; not overlapping."""
    taken: list[When] = []
    for pattern in DATES:
        for match in pattern.finditer(text):
            if any(match.start() < w.end and w.start < match.end() for w in taken):
                continue
            span = _span(match, today)
            if span is not None:
                taken.append(When(match.start(), match.end(), *span))
    return sorted(taken, key=lambda w: w.start)


def _span(match: re.Match[str], today: date) -> tuple[date, date] | None:
    part = match.groupdict()
    month = MONTHS.index(part["name"][:3].lower()) + 1 if part.get("name") else int(part.get("m") or 0)
    year = int(part.get("y") or (today.year - 1 if month > today.month + 1 else today.year))
    try:
        if part.get("d"):
            day = date(year, month, int(part["d"]))
            return day, day
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), after - timedelta(days=1)
    except ValueError:
        return None


def numbers(text: str, every: bool = False) -> list[Number]:
    """Every figure of a text, digits or words, in order. Blank out dates first. `every`: also "five kinds", 三件."""
    found = list(_digits(text))
    for number in (*_words(text), *(_more_words(text) if every else ())):
        if not any(n.start < number.end and number.start < n.end for n in found):
            found.append(number)
    return sorted(found, key=lambda n: n.start)


def _digits(text: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        big = {"万": 1e4, "亿": 1e8, "million": 1e6, "k": 1e3}.get((match["big"] or "").lower(), 1.0)
        decimals = len(match["rest"]) - 1 if match["rest"] else 0
        value = float(match["digits"].replace(",", "") + (match["rest"] or "")) * big
        sign = -1 if match["sign"] in ("-", "−") else 1
        unit, noun = _unit(text, match.end())
        if match["money"]:
            unit = "yuan"
        if match["ordinal"]:
            unit = "ordinal"
        text_of = text[match.start() : match.end()].strip()
        yield Number(
            match.start(), match.end(), text_of, sign * value, big * 10.0**-decimals, bool(match["sign"]), unit, noun
        )


def _unit(text: str, at: int) -> tuple[str | None, str]:
    match = _UNIT.match(text, at + len(text[at:]) - len(text[at:].lstrip()))
    return (match.lastgroup, match.group()) if match else (None, "")


def _more_words(text: str) -> Iterator[Number]:
    for match in _COUNTED.finditer(text):
        value = _ENGLISH[match["en"].lower()] if match["en"] else _chinese(match["zh"])
        yield Number(match.start(), match.end(), match.group(), value, 1.0, False, None)


def _words(text: str) -> Iterator[Number]:
    for match in _HALF.finditer(text):
        whole = _ENGLISH.get((match["en"] or "zero").lower(), 0) + _chinese((match["zh"] or "零").removesuffix("个"))
        length = "hours" if match["hour"] or match["enhour"] else "days"
        yield Number(match.start(), match.end(), match.group(), whole + 0.5, 0.1, False, length, "")
    for match in _SPELT.finditer(text):
        if match["zh"] == "一" and _ARTICLE.match(text, match.start()) and text[: match.start()][-1:] != "第":
            continue  # an article, no figure
        unit, noun = _unit(text, match.end())
        value: float
        if match["half"]:
            value, unit = 50, "percent"
        elif match["fraction"] or match["enfraction"]:
            value, unit = _fraction(match.group()), "percent"
        elif match["en"]:
            value = _ENGLISH[match["en"].lower()]
        else:
            value = _chinese(match["zh"])
            if text[match.end() : match.end() + 1] == "成":
                value, unit, noun = value * 10, "percent", "成"
        step = 10.0 if noun == "成" else 4.0 if match["half"] or match["enfraction"] or match["fraction"] else 1.0
        yield Number(match.start(), match.end(), match.group(), value, step, False, unit, noun)


def _fraction(said: str) -> float:
    if said.startswith("百分之"):
        return _chinese(said[3:])
    if "分之" in said:
        below, above = said.split("分之")
        return 100 * _chinese(above) / _chinese(below)
    top, bottom = said.lower().rstrip("s").split()
    return (
        100
        * {"a": 1, "one": 1, "two": 2, "three": 3}[top]
        / {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}[bottom]
    )


def _chinese(said: str) -> float:
    total, digit = 0, 0
    for char in said:
        if char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            digit = _CHINESE[char]
    return total + digit
