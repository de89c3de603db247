"""The weights of words beside meaning are fitted, not guessed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.calibration import calibration
from knowledge.fit_ranking import GRID, Asked, across, by_words, equal_mix, fit, fused, main, score
from knowledge.index import build_index
from knowledge.query import Signals, share

RANKING = calibration().ranking


def question(rarity: float, dense: list[float], lexical: list[float], relevant: int) -> Asked:
    """Candidates a, b, c ..."""
    ids = tuple("abcdefgh"[: len(dense)])
    signals = Signals(rarity=rarity, length=0.5, han=0.0)
    return Asked(
        signals, np.array(dense), np.array(dense), np.array(lexical), np.zeros(len(ids)), ids, frozenset(ids[relevant])
    )


def test_words_count_more_where_the_fit_says_so_and_never_beyond_one() -> None:
    rare = RANKING.model_copy(update={"lexical": 0.4, "rare": 0.3, "long": 0.1, "han": 0.5})
    assert share(Signals(rarity=0.0, length=0.0, han=0.0), rare) == pytest.approx(0.4)
    assert share(Signals(rarity=1.0, length=0.0, han=0.0), rare) == pytest.approx(0.7)
    assert share(Signals(rarity=1.0, length=1.0, han=1.0), rare) == 1.0


def test_a_fit_finds_that_rare_words_are_to_be_relied_on_and_common_ones_not() -> None:
    by_word = [question(1.0, [0.9, 0.3 + i / 100], [0.1, 0.9], 1) for i in range(10)]
    by_sense = [question(0.0, [0.3 + i / 100, 0.9], [0.9, 0.1], 1) for i in range(10)]
    found = fit([by_word + by_sense], RANKING)
    assert found.rare > 0
    assert score(by_word + by_sense, fused(found)) == (1.0, 1.0)


def test_a_fit_is_scored_on_what_it_has_not_seen() -> None:
    seen = [question(0.0, [0.9, 0.1], [0.1, 0.9], i % 2) for i in range(20)]  # odd and even halves contradict
    assert across([seen], RANKING)[0].mrr < 0.6


def test_equal_ranks_on_both_sides_win_an_equal_mix() -> None:
    one = question(0.5, [0.9, 0.8, 0.1], [0.1, 0.8, 0.9], 1)
    assert int(np.argmax(equal_mix(one))) == 0 or equal_mix(one)[1] == pytest.approx(2 / 61)
    assert score([one], by_words).mrr == pytest.approx(0.5)


def test_the_script_prints_every_weight_and_what_the_other_half_finds(
    tmp_path: Path, write_document: Any, embedder: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for id, text in (("stock-zh", "商家券总库存最多 999,999 张。"), ("name-zh", "生活号名称 2 到 20 个字。")):
        write_document(tmp_path / "corpus", f"## 规则\n{text}", id=id)
    (tmp_path / "index").mkdir()
    build_index(tmp_path / "corpus", tmp_path / "index", embedder=embedder)
    rows = [("库存最多多少", "stock-zh"), ("名称几个字", "name-zh")] * 2
    lines = (json.dumps({"question": q, "locale": "zh", "relevant": [id]}) for q, id in rows)
    (tmp_path / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    main([str(tmp_path / "index"), str(tmp_path / "asked.jsonl")])
    printed = capsys.readouterr().out
    assert all(f"{name}: " in printed for name in GRID)
    assert "asked.jsonl, fitted on the other half: Recall@5 1.0000, MRR@10 1.0000" in printed
