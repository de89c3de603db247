"""Imports under load: a 500 MB file whose last line is broken, and kill -9 at random moments of an import."""

import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from bot.generations import Generations
from tests.soak.outcome import Outcome
from tools.importing.load import import_data

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = 500
MEMORY = 1600  # megabytes that an import may hold, whatever the file's size
KILLS = 50
MERCHANTS = 1000
BROKEN = "M0001,u0000000"
MAPPING = """
as_of: 2026-11-20
sources:
  visits: {file: visits.csv}
tables:
  merchants:
    from: SELECT DISTINCT merchant_id FROM visits
    columns: {merchant_id: merchant_id, name: merchant_id, industry: {sql: "'catering'"}}
  activity:
    source: visits
    columns:
      merchant_id: merchant_id
      user_id: user_id
      day: day
      channel: channel
      visits: visits
      orders: orders
      gmv: gmv
"""
IMPORT = """
import json, resource, sys
from pathlib import Path
from bot.generations import Generations
from tools.importing.load import import_data

report = Generations(Path(sys.argv[2])).build(sys.argv[3], lambda out: import_data(Path(sys.argv[1]), out))
table = report.table("activity")
line = table.reasons[0].samples[0].line if table.reasons else None
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"accepted": table.accepted, "rejected": table.rejected, "line": line, "peak": peak}))
"""


def run(megabytes: int = MEGABYTES, kills: int = KILLS) -> list[Outcome]:
    """Both trials, in a directory of their own that goes with them."""
    with tempfile.TemporaryDirectory(prefix="ccare-imports-") as folder:
        return [big_file(Path(folder) / "big", megabytes), killed(Path(folder) / "killed", kills)]


def big_file(folder: Path, megabytes: int) -> Outcome:
    """Nothing lost, the broken last line in the rejects under its own number, memory bounded."""
    rows = _write(folder, megabytes << 20)
    done = subprocess.run(_command(folder, "big"), cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    current = Generations(folder / "platform").current()
    kept = pq.read_metadata(current / "activity.parquet").num_rows if current else 0
    rejects = pq.read_table(current / "rejects" / "activity.parquet").to_pylist() if current else []
    named = [(r["line"], r["row"]) for r in rejects] == [(rows + 2, BROKEN)]
    lost = rows - kept
    return Outcome(
        f"import of a {megabytes} MB file with a broken last line",
        rows,
        f"no row lost, the line named, under {MEMORY} MB of memory",
        f"{lost} lost, line {found['line']} {'named' if named else 'not named'}, {found['peak']} MB",
        lost != 0 or not named or found["rejected"] != 1 or found["peak"] > MEMORY,
    )


def killed(folder: Path, kills: int) -> Outcome:
    """After each kill the old or the whole new data answer, and a rerun succeeds; nothing is left over in the end."""
    chance = random.Random(17)
    rows = _write(folder, 4 << 20)
    generations = Generations(folder / "platform")
    begun = time.monotonic()
    subprocess.run(_command(folder, "g0"), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    usual = time.monotonic() - begun
    bad = early = 0
    for trial in range(1, kills + 1):
        process = subprocess.Popen(_command(folder, f"g{trial}"), cwd=ROOT, stdout=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.1, 1.1) * usual)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            early += 1
        process.wait()
        bad += not _whole(generations, rows)
    generations.build("last", lambda out: import_data(folder / "mapping.yaml", out))
    left = [p.name for p in generations.root.iterdir() if p.name.startswith(".")]
    bad += not _whole(generations, rows)
    return Outcome(
        "kill -9 during an import",
        kills,
        "the data whole after each, nothing left over",
        f"{bad} broken, {len(left)} left over, {early} kills before the end",
        bad > 0 or bool(left) or 2 * early < kills,
    )


def _whole(generations: Generations, rows: int) -> bool:
    current = generations.current()
    if current is None or not (current / "manifest.json").is_file():
        return False
    return bool(pq.read_table(current / "activity.parquet", columns=["visits"]).num_rows == rows)


def _command(folder: Path, name: str) -> list[str]:
    return [sys.executable, "-c", IMPORT, str(folder / "mapping.yaml"), str(folder / "platform"), name]


def _write(folder: Path, size: int) -> int:
    """Good rows up to a size, and a last line that broke off; how many good rows."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    rows = written = 0
    with (folder / "visits.csv").open("w", encoding="utf-8") as file:
        file.write("merchant_id,user_id,day,channel,visits,orders,gmv\n")
        while written < size:
            i = rows
            written += file.write(
                f"M{i % MERCHANTS:04},u{i:09},2026-11-{1 + i % 20:02},mini_program,{1 + i % 3},{i % 2},{i % 500}.50\n"
            )
            rows += 1
        file.write(BROKEN)
    return rows
