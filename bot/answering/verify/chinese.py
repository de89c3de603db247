"""Chinese numerals: what counts as one, and its value."""

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_ALL = "零〇一二两三四五六七八九十百千万亿"
# What a lone digit must stand before to count something: 三件 counts, 第三方 and 四川 do not.
_MEASURES = "个件处项家位人名天周月年次条张笔元块倍点步种样分小维店款张段类档层轮期位星"
_NOT_NUMBERS = ("万一", "千万", "十分", "百分百", "一一", "三三两两", "百货", "百姓", "千里", "一千零一夜")

CHINESE = (
    rf"百分之[{_ALL}点半\d.]+|[{_ALL}]+分之[{_ALL}]+|[{_ALL}]+成半?|对半|[一大]半(?=[^小个天年月]|$)|过半|半数|小半"
    rf"|半(?=个?小时|个?钟头)|翻了?[一两]?[番倍]|[{_ALL}]*[{_ALL}]点[{_ALL}]+|[{_ALL}]+半?"
)
_PERCENT = re.compile(r"百分之(.+)")
_OVER = re.compile(r"(.+)分之(.+)")
_TENTHS = re.compile(r"(.+?)成(半?)$")


def chinese_value(text: str, after: str, before: str) -> tuple[float, float, str] | None:
    """(value, step, noun) of a numeral; noun "" where what follows decides. None where the characters count nothing."""
    for read in (_share, _multiple):
        found = read(text)
        if found is not None:
            return found
    return _plain(text, after, before)


def number(text: str) -> float | None:
    """一万二 is 12000, 三百零五 is 305, 二〇二六 is 2026, 三点五 is 3.5; None when the characters are no number."""
    if "点" in text:
        whole, _, part = text.partition("点")
        head = number(whole)
        if head is None or not part or any(c not in _DIGITS for c in part):
            return None
        return float(f"{head:g}.{''.join(str(_DIGITS[c]) for c in part)}")
    if text.replace(".", "", 1).isdigit():
        return float(text)
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    return _positional(text)


def _positional(text: str) -> float | None:
    total = section = digit = 0
    last = 1  # the unit before: 一万二 means 12000, so a bare digit at the end is a tenth of it
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = 1 if char in "零〇" else last
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit, last = 0, _UNITS[char]
        elif char in _BIG:
            total = (total + section + digit or 1) * _BIG[char]
            section = digit = 0
            last = _BIG[char]
        else:
            return None
    return float(total + section + digit * (last // 10 if digit and last >= 100 else 1))


def _share(text: str) -> tuple[float, float, str] | None:
    if text in ("一半", "半数", "对半", "过半", "大半", "小半"):
        return 0.5, 0.02, "share"
    if (found := _PERCENT.match(text)) is not None and (value := number(found[1])) is not None:
        return value / 100, 10.0 ** -(2 + len(re.split("[.点]", found[1] + ".")[1])), "share"
    if (found := _TENTHS.match(text)) is not None and (value := number(found[1])) is not None:
        return (value + (0.5 if found[2] else 0)) / 10, 0.05 if found[2] else 0.1, "share"
    if (found := _OVER.match(text)) is not None:
        under, over = number(found[1]), number(found[2])
        if under and over is not None:
            return over / under, 0.02, "share"
    return None


def _multiple(text: str) -> tuple[float, float, str] | None:
    if text.startswith("翻"):
        return (3.0 if "两" in text and text.endswith("倍") else 2.0), 0.1, "times"
    return (0.5, 0.0, "") if text == "半" else None


def _plain(text: str, after: str, before: str) -> tuple[float, float, str] | None:
    if text in _NOT_NUMBERS or any(w.startswith(text) and (text + after).startswith(w) for w in _NOT_NUMBERS):
        return None
    if len(text) == 1 and (text in "一零〇万亿千百" or after.lstrip()[:1] not in _MEASURES or not after.strip()):
        return (10.0, 1.0, "") if text == "十" and after.lstrip()[:1] in _MEASURES and after.strip() else None
    if before.endswith(("周", "星期", "礼拜")) and len(text) == 1:
        return None
    half = text.endswith("半") and len(text) > 1
    value = number(text[:-1] if half else text)
    if value is None:
        return None
    return value + (0.5 if half else 0), _step(text), ""


def _step(text: str) -> float:
    """What the last stated digit is worth: 一万二 is said to the thousand, 三百 to the hundred."""
    last = text[-1]
    if last in _BIG:
        return float(_BIG[last])
    if last in _UNITS:
        return float(_UNITS[last]) if len(text) <= 2 else 1.0
    units = [c for c in text if c in _UNITS or c in _BIG]
    if units and units[-1] != "十" and "零" not in text:
        return ({**_UNITS, **_BIG})[units[-1]] / 10
    return 1.0
