import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.calibration import calibration
from knowledge.confidence import ASKING, TELLING, Features, confidence
from knowledge.embed import CachedEmbedder
from knowledge.facts import Given, Thing, facts, read
from knowledge.fit import fit, main
from knowledge.index import build_index

NOTHING = Features(**dict.fromkeys(Features.model_fields, 0.0))


def test_a_fit_separates_what_can_be_separated_and_ignores_noise() -> None:
    rng = np.random.default_rng(3)
    y = np.repeat([0.0, 1.0], 100)
    x = np.c_[y + rng.normal(0, 0.1, 200), rng.normal(0, 1, 200)]
    intercept, telling, noise = fit(x, y)
    assert telling > 10 * abs(noise)
    assert ((intercept + telling * x[:, 0] > 0) == (y == 1)).mean() > 0.98


def test_each_judgement_has_a_coefficient_for_each_feature_that_it_looks_at_and_no_other() -> None:
    refusal = calibration().confidence
    assert set(refusal.asking.coefficients) == set(ASKING)
    assert set(refusal.telling.coefficients) == set(TELLING)


@pytest.mark.parametrize("asks", [0.0, 1.0])
@pytest.mark.parametrize("name", ["similarity", "apart", "overlap", "known"])
def test_whatever_speaks_for_a_passage_raises_the_confidence(name: str, asks: float) -> None:
    refusal, nothing = calibration().confidence, NOTHING.model_copy(update={"asks": asks})
    assert confidence(nothing.model_copy(update={name: 1.0}), refusal) > confidence(nothing, refusal)


@pytest.mark.parametrize("name", ["missing_fact", "short", "silent", "silenced", "price", "afield"])
def test_a_fact_that_is_asked_for_and_not_given_lowers_the_confidence(name: str) -> None:
    refusal, asking = calibration().confidence, NOTHING.model_copy(update={"asks": 1.0})
    assert confidence(asking.model_copy(update={name: 1.0}), refusal) < confidence(asking, refusal) < 0.1


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
    for name, texts in (("yes", ["券的库存上限", "商家券库存", "商家券"]), ("no", ["红烧肉", "天气", "世界杯"])):
        rows = [{"question": t, "locale": "zh", "held": i == 2} for i, t in enumerate(texts)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    main([str(tmp_path / n) for n in ("index", "yes.jsonl", "no.jsonl")])
    printed = capsys.readouterr().out
    assert all(f'"{name}": ' in printed for name in ("intercept", *ASKING, *TELLING))
    assert "fitted on (4)" in printed
    assert "held out (2)" in printed
    assert "0.50    0.0%" in printed
