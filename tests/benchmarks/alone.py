"""A piece of work in a process of its own: nothing that ran before is loaded, and its peak of memory is its own."""

import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATUS = Path("/proc/self/status")


def alone(work: str, *arguments: str) -> Any:
    """What `module:function` returns for these words, from a fresh process.

    RuntimeError with the end of what it printed where it fails.
    """
    command = [sys.executable, "-m", "tests.benchmarks.alone", work, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{work} {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def peak_mb() -> float:
    """The most memory this process has held so far, in MB.

    Linux hands a parent's peak on to its children, so there the kernel's own line is read instead.
    """
    if STATUS.exists():
        line = next(x for x in STATUS.read_text(encoding="ascii").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    print(json.dumps(getattr(import_module(module), name)(*sys.argv[2:])))


if __name__ == "__main__":
    main()
