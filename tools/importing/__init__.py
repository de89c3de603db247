"""Real input: CSV or Parquet, declared by a mapping, into the canonical tables; and the health of what is there."""
