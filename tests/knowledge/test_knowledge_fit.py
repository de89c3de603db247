import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.calibration import calibration
from knowledge.confidence import Features, confidence
from knowledge.embed import CachedEmbedder
from knowledge.fit import fit, main
from knowledge.index import build_index

NOTHING = Features(similarity=0, lead=0, overlap=0, known=0, terms=0, product=0, missing_fact=0)


def test_a_fit_separates_what_can_be_separated_and_ignores_noise() -> None:
    rng = np.random.default_rng(3)
    y = np.repeat([0.0, 1.0], 100)
    x = np.c_[y + rng.normal(0, 0.1, 200), rng.normal(0, 1, 200)]
    intercept, telling, noise = fit(x, y)
    assert telling > 10 * abs(noise)
    assert ((intercept + telling * x[:, 0] > 0) == (y == 1)).mean() > 0.98


def test_there_is_a_coefficient_for_each_feature_and_no_other() -> None:
    assert set(calibration().confidence.coefficients) == set(Features.model_fields)


@pytest.mark.parametrize("name", ["similarity", "lead", "overlap", "known", "terms", "product"])
def test_whatever_speaks_for_a_passage_raises_the_confidence(name: str) -> None:
    refusal = calibration().confidence
    assert confidence(NOTHING.model_copy(update={name: 1.0}), refusal) > confidence(NOTHING, refusal)


def test_a_missing_fact_lowers_the_confidence() -> None:
    refusal = calibration().confidence
    assert confidence(NOTHING.model_copy(update={"missing_fact": 1.0}), refusal) < confidence(NOTHING, refusal) < 0.1


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
    assert all(f"{name}: " in printed for name in ("intercept", *Features.model_fields))
    assert "fitted on: 0 of 2 refused wrongly, 0 of 2 accepted wrongly" in printed
    assert "held out: " in printed
