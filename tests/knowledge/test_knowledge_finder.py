from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from knowledge.finder import Finder

FINDER = Finder(["券", "商家券", "商家", "coupon", "coupon code", "券码"])


def test_the_longest_word_at_each_place_is_found_and_none_inside_another() -> None:
    assert FINDER.words("商家券码和coupon code") == ["商家券", "coupon code"]
    assert FINDER.words("商家的券") == ["商家", "券"]


def test_every_word_is_found_also_inside_another() -> None:
    assert FINDER.every("商家券码") == {"商家", "商家券", "券", "券码"}


def test_latin_words_are_found_only_whole() -> None:
    assert FINDER.words("coupons couponing 2coupon coupon") == ["coupon"]
    assert FINDER.words("我的coupon吗") == ["coupon"]


def test_nothing_is_found_where_there_are_no_words() -> None:
    assert Finder([]).words("商家券") == []


@given(st.lists(st.text("ab券码 ", min_size=1, max_size=4), max_size=6), st.text("ab券码 ", max_size=20))
def test_what_is_found_stands_in_the_text_in_order(words: list[str], text: str) -> None:
    finder = Finder(words)
    spans = finder.spans(text)
    assert all(text[a:b] in words for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert finder.every(text) <= {w for w in words if w in text}
