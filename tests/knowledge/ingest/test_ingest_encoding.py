"""Every encoding that documents come in reads the same, and what was garbled before is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import RefusedFileError
from knowledge.ingest.encoding import decode, refuse_mojibake

SIMPLIFIED = "商家券使用规则：每位用户限领一张，“不可转让”。Valid in 2026.\n"
TRADITIONAL = "商家優惠券使用規則：每位用戶限領一張，「不可轉讓」。Valid in 2026.\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SIMPLIFIED, "utf-8"), (SIMPLIFIED, "utf-8-sig"), (SIMPLIFIED, "utf-16"), (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"), (SIMPLIFIED, "utf-32"), (SIMPLIFIED, "gbk"), (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "big5"), (TRADITIONAL, "utf-8"), ("Plain “quoted” text – 5 £, ½ price, naïve.\n" * 3, "cp1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(text: str, name: str) -> None:
    assert decode(text.encode(name)) == text


def test_a_short_line_is_enough_to_tell_gbk_from_big5() -> None:
    assert decode("开店须知".encode("gbk")) == "开店须知"
    assert decode("開店須知".encode("big5")) == "開店須知"


def test_a_false_declaration_does_not_garble_utf_8() -> None:
    assert decode(SIMPLIFIED.encode(), "gb2312") == SIMPLIFIED


@pytest.mark.parametrize(
    "data", [bytes(range(128, 256)) * 30, "日本語のテキストです。".encode("shift_jis"), b"\xff\xfea"]
)
def test_what_fits_no_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedFileError, match="UTF-8"):
        decode(data)


@pytest.mark.parametrize("wrong", ["latin-1", "gb18030"])
def test_text_that_was_read_in_a_wrong_encoding_before_is_refused(wrong: str) -> None:
    with pytest.raises(RefusedFileError, match="garbled"):
        refuse_mojibake(SIMPLIFIED.encode().decode(wrong, errors="replace").replace("\ufffd", ""))


def test_one_lost_character_in_a_long_text_is_told_and_many_are_refused() -> None:
    assert refuse_mojibake("规则说明" * 100 + "\ufffd") == ("1 characters could not be read",)
    with pytest.raises(RefusedFileError, match="lost"):
        refuse_mojibake("规则\ufffd说明" * 20)


@given(st.text(alphabet="商家券的是在了不有用户规则活动时间平台小程序服务请您可以每天点数领取使用，。：", min_size=8))
def test_proper_chinese_is_never_called_garbled(text: str) -> None:
    assert refuse_mojibake(text) == ()
    named = f"商家规则：{text}"  # a few letters alone, such as 券券, are the same bytes as other letters in UTF-8
    assert decode(named.encode("gb18030")) == named
