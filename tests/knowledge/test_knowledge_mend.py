"""Slips in the platform's words are set right; what is a word already stays."""

import pytest

from knowledge.lexicon import lexicon, simplify
from knowledge.words import Segmenter


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.build()


def mended(text: str, segmenter: Segmenter, known: frozenset[str] = frozenset()) -> str:
    return lexicon().mender.mend(simplify(text), segmenter.cut, known.__contains__)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("jili dianshu 怎么用", "激励点数 怎么用"),
        ("jilidianshu", "激励点数"),
        ("huiyuan jifen", "会员积分"),
        ("hexiaolv 太低", "核销率 太低"),
        ("核消率怎么提高", "核销率怎么提高"),
        ("萝码计划", "罗码计划"),
        ("羅碼計劃", "罗码计划"),
    ],
)
def test_pinyin_namesakes_and_traditional_letters_become_the_word(slip: str, meant: str, segmenter: Segmenter) -> None:
    assert mended(slip, segmenter) == meant


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("激厉点数怎么换", "激励点数怎么换"),
        ("激励点术怎么换", "激励点数怎么换"),
        ("小程直达", "小程序直达"),
        ("incentve points", "incentive points"),
        ("couopn limit", "coupon limit"),
    ],
)
def test_one_wrong_missing_or_swapped_letter_is_set_right(slip: str, meant: str, segmenter: Segmenter) -> None:
    assert mended(slip, segmenter) == meant


def test_every_chinese_word_of_the_lexicon_survives_a_wrong_letter_and_is_itself_untouched(
    segmenter: Segmenter,
) -> None:
    words = [w for w in lexicon().chinese_words() if len(w) >= 4 and w in lexicon().terms(w)]
    assert len(words) > 20
    assert [mended(w, segmenter) for w in words] == words
    lost = [w for w in words if mended(f"问{w[0]}魈{w[2:]}吗", segmenter) != f"问{w}吗"]
    assert len(lost) <= 0.1 * len(words), lost  # a word that holds another one, or differs from it by that letter


@pytest.mark.parametrize(
    "text",
    [
        "客户信息在哪里看", "标签信息", "搜索直达的活动", "激励点数和运营积分", "日常推荐", "海底捞的推广计划书",
        "what changes", "women change", "can i be classed as a worker", "service provided to a disabled person",
        "i consume it",
    ],
)  # fmt: skip
def test_words_that_only_look_like_one_of_ours_stay(text: str, segmenter: Segmenter) -> None:
    assert mended(text, segmenter) == text


def test_a_latin_word_that_some_passage_holds_is_no_slip(segmenter: Segmenter) -> None:
    assert mended("brodcast", segmenter) == "broadcast"
    assert mended("brodcast", segmenter, frozenset({"brodcast"})) == "brodcast"
