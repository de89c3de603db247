"""One as-of date: from every merchant's values to figures with peers, scores and gains."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.catalog import Catalog, Metric
from tools.curves import Floats, rounded
from tools.groups import LEVELS, OWN_PAST, Bools, Groups
from tools.scores import dimension_scores, gains, overall_scores
from tools.standing import Standing, stand
from tools.types import DIMENSIONS

Lender = Callable[[Metric, Standing, Floats, Bools], Standing]
SCORED = (*DIMENSIONS, "overall")

FIGURES = pa.schema(
    [
        ("no", pa.int32()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("n", pa.int64()),
        ("state", pa.string()),
        ("group_id", pa.string()),
        ("group_level", pa.string()),
        ("peers", pa.int64()),
        ("median", pa.float64()),
        ("upper_quarter", pa.float64()),
        ("score", pa.float64()),
        ("gain_at_median", pa.float64()),
        ("gain_at_upper_quarter", pa.float64()),
        ("coverage", pa.float64()),
        ("rank_share", pa.float64()),
        ("official", pa.bool_()),
    ]
)
CURVES = pa.schema(
    [
        ("metric", pa.string()),
        ("group_id", pa.string()),
        ("n", pa.int64()),
        ("median", pa.float64()),
        ("upper_quarter", pa.float64()),
        ("knots", pa.list_(pa.float64())),
        ("shares", pa.list_(pa.float64())),
    ]
)


@dataclass(frozen=True, eq=False)
class Day:
    """Everything one as-of date holds: rows of FIGURES and of CURVES."""

    figures: pa.Table
    curves: pa.Table


def score_day(
    values: dict[str, pa.Table], groups: Groups, catalog: Catalog, official: Floats, lender: Lender | None = None
) -> Day:
    """Figures of all merchants at one date.

    `values`: for each metric a table no, value, numerator, denominator, n, state with the merchants in the order of
    `groups`. `official`: merchants x 5 scores that an operator issued (NaN where none), in the order of SCORED; who
    has any is scored by them alone, compared only with others scored so, and shown no gains. `lender` gives published
    curves to metrics of those who have no peers.
    """
    standings = {m.id: _stand_metric(values[m.id], groups, m, lender) for m in catalog.metrics}
    issued: Bools = np.asarray(~np.isnan(official).all(axis=1), dtype=np.bool_)
    nobody = np.full(issued.size, np.nan)
    rows, own, coverage = [], [], []
    for dimension in DIMENSIONS:
        metrics = catalog.of_dimension(dimension)
        weights = np.array([m.weight for m in metrics])
        scores = np.column_stack([standings[m.id].score for m in metrics])
        score, covered = dimension_scores(scores, weights)
        own.append(score)
        coverage.append(covered)
        at_median = gains(scores, np.column_stack([standings[m.id].score_at_median for m in metrics]), weights)
        at_upper = gains(scores, np.column_stack([standings[m.id].score_at_upper for m in metrics]), weights)
        for column, metric in enumerate(metrics):
            gained = [np.where(issued, np.nan, g[:, column]) for g in (at_median, at_upper)]
            rows.append(_metric_rows(metric.id, values[metric.id], standings[metric.id], *gained))
    mine = np.column_stack([*own, overall_scores(np.column_stack(own))])
    curves = [_curve_rows(name, standing) for name, standing in standings.items()]
    covered_all = np.column_stack([*coverage, np.mean(~np.isnan(np.column_stack(own)), axis=1)])
    for index, name in enumerate(SCORED):
        ours = stand(mine[:, index], ~np.isnan(mine[:, index]) & ~issued, groups)
        curves.append(_curve_rows(name, ours))
        rows.append(_score_rows(name, values, mine[:, index], ours, ~issued, covered_all[:, index], official=False))
        if issued.any():
            theirs = stand(official[:, index], ~np.isnan(official[:, index]), groups)
            rows.append(_score_rows(name, values, official[:, index], theirs, issued, nobody, official=True))
    return Day(pa.concat_tables(rows), pa.concat_tables(curves))


def _stand_metric(table: pa.Table, groups: Groups, metric: Metric, lender: Lender | None) -> Standing:
    lower_is_better = metric.direction == "lower"
    ok = np.asarray(pc.equal(table["state"], "ok").to_numpy(zero_copy_only=False), dtype=np.bool_)
    value = rounded(table["value"].to_numpy(zero_copy_only=False).astype(np.float64))
    standing = stand(value, ok, groups, lower_is_better=lower_is_better)
    return standing if lender is None else lender(metric, standing, value, ok)


def _known(values: Floats) -> pa.Array:
    # Rounded only here, at the end: rounding metric scores first would split ties of the dimension scores made of them.
    return pa.array(rounded(values), type=pa.float64(), mask=np.isnan(values))


def _rows(columns: dict[str, Any], size: int) -> pa.Table:
    arrays = []
    for field in FIGURES:
        column = columns.get(field.name)
        if column is None:
            arrays.append(pa.nulls(size, field.type))
        else:
            arrays.append(column.cast(field.type))
    return pa.table(arrays, schema=FIGURES)


def _compared(standing: Standing, shown: Bools) -> dict[str, Any]:
    return {
        "group_id": pa.array(standing.group, pa.string(), mask=~shown),
        "group_level": pc.if_else(pa.array(shown), pa.array(LEVELS).take(pa.array(standing.level)), None),
        "peers": pa.array(standing.peers, mask=~shown | (standing.level == OWN_PAST)),
        "median": _known(np.where(shown, standing.median, np.nan)),
        "upper_quarter": _known(np.where(shown, standing.upper_quarter, np.nan)),
    }


def _metric_rows(name: str, table: pa.Table, standing: Standing, at_median: Floats, at_upper: Floats) -> pa.Table:
    value = table["value"].to_numpy(zero_copy_only=False).astype(np.float64)
    columns: dict[str, Any] = {
        **{key: table[key].combine_chunks() for key in ("no", "numerator", "denominator", "n", "state")},
        **_compared(standing, np.ones(table.num_rows, dtype=np.bool_)),
        "metric": pa.repeat(name, table.num_rows),
        "value": _known(value),
        "score": _known(standing.score),
        "gain_at_median": _known(at_median),
        "gain_at_upper_quarter": _known(at_upper),
        "rank_share": _known(standing.rank_share),
    }
    return _rows(columns, table.num_rows)


def _score_rows(
    name: str,
    values: dict[str, pa.Table],
    score: Floats,
    standing: Standing,
    keep: Bools,
    coverage: Floats,
    *,
    official: bool,
) -> pa.Table:
    numbers = next(iter(values.values()))["no"].combine_chunks()
    columns: dict[str, Any] = {
        **_compared(standing, ~np.isnan(score)),
        "no": numbers,
        "metric": pa.repeat(name, score.size),
        "score": _known(score),
        "coverage": _known(coverage),
        "rank_share": _known(standing.rank_share),
        "official": pa.repeat(official, score.size),
    }
    return _rows(columns, score.size).filter(pa.array(keep))


def _curve_rows(name: str, standing: Standing) -> pa.Table:
    rows = [
        (name, c.group, c.curve.n, c.median, c.upper_quarter, c.curve.knots.tolist(), c.curve.shares.tolist())
        for c in standing.curves
    ]
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(CURVES)], schema=CURVES)
