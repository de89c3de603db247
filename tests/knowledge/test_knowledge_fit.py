import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.beyond import Directions
from knowledge.calibration import calibration
from knowledge.confidence import AGAINST, EITHER, FOR, NAMED, Features, confidence
from knowledge.embed import CachedEmbedder
from knowledge.facts import Given, Thing, facts, read
from knowledge.fit import Both, Labelled, across, fit, group_of, main, refit
from knowledge.index import build_index

NOTHING = Features(**dict.fromkeys(Features.model_fields, 0.0))


def test_a_fit_separates_what_can_be_separated_and_ignores_noise() -> None:
    rng = np.random.default_rng(3)
    y = np.repeat([0.0, 1.0], 100)
    x = np.c_[y + rng.normal(0, 0.1, 200), rng.normal(0, 1, 200)]
    intercept, (telling, noise) = fit(x, y, np.ones(200), 0.002, [(None, None)] * 2)
    assert telling > 10 * abs(noise)
    assert ((intercept + telling * x[:, 0] > 0) == (y == 1)).mean() > 0.98


def test_a_coefficient_never_leaves_its_bounds() -> None:
    y = np.repeat([0.0, 1.0], 50)
    _, (wrong,) = fit(y[:, None], y, np.ones(100), 0.002, [(None, 0.0)])
    assert wrong == 0.0


def test_each_feature_speaks_for_or_against_or_either_way_and_has_a_coefficient_in_both_judgements() -> None:
    refusal = calibration().confidence
    assert set(Features.model_fields) == {*NAMED, *Directions._fields}
    assert len(NAMED) == len(FOR) + len(AGAINST) + len(EITHER)
    assert set(refusal.platform.coefficients) == set(refusal.answering.coefficients) == set(NAMED)


@pytest.mark.parametrize("name", sorted(FOR))
def test_whatever_speaks_for_a_passage_never_lowers_the_confidence(name: str) -> None:
    refusal = calibration().confidence
    assert confidence(NOTHING.model_copy(update={name: 1.0}), refusal) >= confidence(NOTHING, refusal)


@pytest.mark.parametrize("name", sorted(AGAINST))
def test_whatever_speaks_against_a_passage_never_raises_the_confidence(name: str) -> None:
    refusal = calibration().confidence
    assert confidence(NOTHING.model_copy(update={name: 1.0}), refusal) <= confidence(NOTHING, refusal) < 0.1


@pytest.mark.parametrize(
    ("row", "group"),
    [({"group": "far"}, "far"), ({"near": True}, "near"), ({"near": False}, "far"), ({"silent": True}, "near"),
     ({}, "answerable")],
    ids=["by name", "near", "not near", "silent", "nothing said"],
)  # fmt: skip
def test_a_labelled_line_says_what_its_question_is(row: dict[str, Any], group: str) -> None:
    assert group_of(row) == group


def test_a_price_is_given_by_a_sentence_with_a_price_about_the_same_thing_only() -> None:
    def given(text: str) -> Given:
        things = [Thing([["品牌认证"]], 1.0)]
        return facts().given("品牌认证多少钱", [(things, read("说明", "", text))])

    assert given("品牌认证每年 300 元。").value == 1.0
    assert given("品牌认证要三步。押金 300 元。").value == 0.0
    assert given("品牌认证的费用没有公布，网上说 300 元。").value == 0.0
    assert given("品牌认证的费用没有公布，网上说 300 元。").silence == 1.0


def test_what_is_counted_must_be_counted_in_the_sentence() -> None:
    known = facts()

    def answers(question: str, text: str) -> bool:
        return any(known.answers(question, sentence) for sentence in read("", "", text).sentences)

    assert answers("一次能传几张图", "一次最多传 9 张图。")
    assert not answers("一次能传几张图", "图片在 3 天内审核。")
    assert answers("how many labels", "At most 100 labels.")
    assert not answers("how many labels", "Labels are cached since 2024.")


def test_refitting_prints_every_constant_and_what_it_got_wrong(
    tmp_path: Path, write_document: Any, embedder: CachedEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    write_document(tmp_path / "corpus", "## 库存\n商家券总库存最多 999,999 张。")
    (tmp_path / "index").mkdir()
    build_index(tmp_path / "corpus", tmp_path / "index", embedder=embedder)
    asked = {
        "answerable": ["券的库存上限", "商家券库存"],
        "near": ["商家券多少钱"],
        "far": ["红烧肉", "天气", "世界杯"],
    }
    rows = [{"question": t, "locale": "zh", "group": group} for group, texts in asked.items() for t in texts]
    (tmp_path / "asked.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    main([str(tmp_path / "index"), str(tmp_path / "asked.jsonl")])
    printed = capsys.readouterr().out
    assert all(f'"{name}": ' in printed for name in ("intercept", *NAMED))
    assert "questions of other documents and wordings (6)" in printed
    assert "fitted on (6)" in printed
    assert "0.52    0.0%" in printed


def test_no_question_is_judged_by_questions_of_its_document_or_its_wording(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        Labelled(
            f"{s}{f}", "far" if (s + f) % 2 else "answerable", f"s{s}", f"f{f}", NOTHING, np.zeros(384, np.float32)
        )
        for s in range(6)
        for f in range(6)
    ]
    seen: list[set[str]] = []

    def watched(part: Sequence[Labelled]) -> Both:
        seen.append({row.question for row in part})
        return refit(part)

    monkeypatch.setattr("knowledge.fit.refit", watched)
    across(rows)
    assert seen
    for part in seen:
        subjects, families = {q[0] for q in part}, {q[1] for q in part}
        assert len(subjects) < 6
        assert len(families) < 6
