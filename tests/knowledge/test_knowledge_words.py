from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import IndexDamagedError
from knowledge.lexical import Lexical, write_lexical
from knowledge.lexicon import lexicon, simplify
from knowledge.words import Segmenter, Words, stem


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder = tmp_path_factory.mktemp("words")
    Segmenter.build().write(folder)
    return Words(Segmenter.read(folder))


@pytest.mark.parametrize(
    "word", ["激励点数", "核销率", "搜索直达", "商家券", "生活号", "繁星计划", "罗码", "触发词", "公域推广"]
)
def test_a_word_of_the_platform_stays_in_one_piece(words: Words, word: str) -> None:
    assert word in words.content(f"我的{word}怎么样")


def test_words_that_say_nothing_do_not_count(words: Words) -> None:
    assert words.content("我的怎么可以吗") == []
    assert words.content("how can I do it") == []


def test_traditional_full_width_and_capital_letters_match_their_plain_form(words: Words) -> None:
    assert simplify("羅碼計劃的激勵點數，ＡＢＣ") == "罗码计划的激励点数,abc"
    assert words.terms("生活號群發") == words.terms("生活号群发")
    assert words.terms("Search DIRECT") == words.terms("search direct")


def test_chinese_also_yields_character_pairs_and_latin_words_their_parts(words: Words) -> None:
    assert {"~触发", "~发词"} <= set(words.terms("触发词"))
    assert {"c-care", "care"} & set(words.content("C-CARE 是什么")) == {"c-care", "care"} or "c-car" in words.content(
        "C-CARE"
    )
    assert "mini_app_oper" in words.content("MINI_APP_OPER 授权")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("coupons", "coupon"),
        ("categories", "category"),
        ("broadcasting", "broadcast"),
        ("stopped", "stop"),
        ("prices", "price"),
    ],
)
def test_forms_of_one_english_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["access", "status", "this", "use", "90", "up"])
def test_short_words_and_words_that_only_look_plural_keep_their_end(word: str) -> None:
    assert stem(word) == word or word.startswith(stem(word))
    assert len(stem(word)) >= min(3, len(word))


def test_a_term_is_known_by_its_other_names_in_both_languages() -> None:
    assert {"incentive points", "incentive point"} <= set(lexicon().variants("激励点数怎么换"))
    assert "激励点数" in lexicon().variants("where are my incentive points")
    assert "罗码计划" in lexicon().variants(simplify("羅碼怎么参加"))
    assert lexicon().variants("天气") == []


def test_a_product_is_named_by_its_words_only_as_whole_words() -> None:
    assert lexicon().products("搜索直达和商家券") == {"search_direct", "merchant_coupon"}
    assert lexicon().products("couponing") == frozenset()


def test_a_fee_question_misses_its_fact_in_a_passage_without_fees() -> None:
    facts = lexicon().asked_facts("手续费多少")
    assert "fee" in facts
    assert lexicon().missing(facts, "生活号名称 2 到 20 个字") == 1
    assert lexicon().missing(facts, "费率公开文件没有给出") == 0
    assert lexicon().asked_facts("怎么提高活跃分") == ()


def test_bm25_puts_the_passage_with_the_rare_word_first_and_survives_the_disk(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", [["券", "库存"], ["券", "图片"], ["生活号"]])
    lexical = Lexical(tmp_path / "l")
    scores = lexical.scores(["券", "图片"])
    assert int(np.argmax(scores)) == 1
    assert scores[2] == 0
    assert lexical.idf("图片") > lexical.idf("券")
    assert lexical.idf("没有") > lexical.idf("图片")
    assert (lexical.holds("图片", 1), lexical.holds("图片", 0), lexical.holds("没有", 1)) == (True, False, False)
    assert not lexical.scores(["没有"]).any()


def test_an_expansion_counts_less_than_what_was_said(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", [["said", "x"], ["meant", "y"], ["z", "z"]])
    scores = Lexical(tmp_path / "l").scores(["said", "meant"], [1.0, 0.4])
    assert scores[1] == pytest.approx(0.4 * scores[0])


def test_a_word_index_that_cannot_be_read_says_to_build_again(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", [["a", "b"], ["c"]])
    (tmp_path / "l" / "data.csc.index.npy").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        Lexical(tmp_path / "l").scores(["a"])
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        Lexical(tmp_path / "nowhere")


def test_passages_without_words_are_indexed_too(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", [[], []])
    assert Lexical(tmp_path / "l").scores(["a"]).tolist() == [0, 0]
