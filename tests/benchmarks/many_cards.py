"""A card among a million merchants against one among a thousand, and against the bare statements that read the rows."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from tests.benchmarks.home import Size, p50, p95, table
from tests.benchmarks.made_snapshot import write_snapshot
from tools.catalog import load_catalog
from tools.reader import FIGURES_QUERY, MERCHANT_QUERY, SnapshotMeter
from tools.types import Access

FEW = 1_000
ROUNDS = 300
