"""Where an answer's time goes, stage by stage."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Stopwatch:
    """Milliseconds of each stage and of the whole. Stages that run side by side overlap, so they may add up to more."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = (time.perf_counter() - begun) * 1000

    async def timed(self, name: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking stage in a thread, so that another can run beside it."""

        def run() -> T:
            with self.stage(name):
                return work(*args, **kwargs)

        return await asyncio.to_thread(run)

    def read(self) -> dict[str, float]:
        total = (time.perf_counter() - self._start) * 1000
        return {name: round(ms, 3) for name, ms in [*self._stages.items(), ("total", total)]}
