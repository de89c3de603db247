"""Two runs side by side: what got better, what worse, and whether that could be chance."""

from pathlib import Path

from bot.answering.types import Frozen
from bot.errors import InputError
from bot.evaluating.running import Run
from bot.evaluating.totals import MEASURES, counted, mcnemar


class Change(Frozen):
    """One measure in both runs. `better` and `worse` are ids where both kept rows; `p` is McNemar's, exact."""

    measure: str
    before: float
    after: float
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    p: float | None = None


class Comparison(Frozen):
    """`shared`: how many turns both runs have rows of; 0 where one is sealed, and only shares can be told."""

    commit: str
    shared: int
    changes: tuple[Change, ...]


def read_run(path: Path) -> Run:
    """A run that was kept; InputError where the file is none."""
    try:
        return Run.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: this is no run of `ccare eval`; name the run.json of one.") from error


def compare(before: Run, after: Run) -> Comparison:
    """By turns that both have, where both have rows; else by the shares of all."""
    then, now = {r.id: r for r in before.rows}, {r.id: r for r in after.rows}
    shared = [id for id in now if id in then]
    if not shared:
        return Comparison(commit=before.commit, shared=0, changes=tuple(_by_share(before, after)))
    changes = []
    for measure in MEASURES:
        old = {id: counted(then[id], measure) for id in shared}
        new = {id: counted(now[id], measure) for id in shared}
        had, have = [ok for marks in old.values() for ok in marks], [ok for marks in new.values() for ok in marks]
        if not had or not have:
            continue
        both = [id for id in shared if old[id] and new[id]]
        better = tuple(id for id in both if all(new[id]) and not all(old[id]))
        worse = tuple(id for id in both if all(old[id]) and not all(new[id]))
        changes.append(
            Change(
                measure=measure, before=sum(had) / len(had), after=sum(have) / len(have),
                better=better, worse=worse, p=mcnemar(len(better), len(worse)),
            )
        )  # fmt: skip
    return Comparison(commit=before.commit, shared=len(shared), changes=tuple(changes))


def _by_share(before: Run, after: Run) -> list[Change]:
    old = {t.measure: t.share for t in before.totals if t.kind == "all"}
    new = {t.measure: t.share for t in after.totals if t.kind == "all"}
    return [Change(measure=m, before=old[m], after=new[m]) for m in MEASURES if m in old and m in new]
