"""One merchant at two dates: what moved, and by how much."""

from tools.types import Measurement, Period, ScoreCard, Unit


def changes(now: ScoreCard, before: ScoreCard) -> dict[str, Measurement]:
    """The change of every figure that has a value in both cards, from `before` to `now`.

    `<metric>.change` in the metric's own unit (a ratio's change is a difference of shares, 0.02 for two percent
    points), `<metric>.score_change` and `<dimension>.score_change` in points. The period runs from the earlier
    as-of date to the later one. Cards of two merchants are a mistake: ValueError.
    """
    if now.merchant.merchant_id != before.merchant.merchant_id:
        raise ValueError("changes: the two cards belong to different merchants; compare one merchant with itself.")
    found: dict[str, Measurement] = {}
    for key, measured in now.figures.items():
        earlier = before.get(key)
        if measured.value is None or earlier is None or earlier.value is None or measured.base == "users":
            continue
        if measured.statistic == "value":
            found[f"{key}.change"] = _change(f"{key}.change", measured, earlier, measured.unit)
        elif measured.statistic == "score" and now.official == before.official:
            found[f"{key}_change"] = _change(f"{key}_change", measured, earlier, "points")
    return found


def _change(name: str, now: Measurement, before: Measurement, unit: Unit) -> Measurement:
    assert now.value is not None
    assert before.value is not None
    return Measurement(
        metric=name,
        merchant_id=now.merchant_id,
        value=now.value - before.value,
        unit=unit,
        period=Period(start=before.as_of, end=now.as_of),
        as_of=now.as_of,
        n=now.n,
        state=now.state,
        group=now.group,
        group_level=now.group_level,
        source=now.source,
    )
