"""Benchmarks: figures printed beside a baseline that ran in the same process. Never asserted."""
