"""Soaks: the long counts. `make soak` runs them and writes docs/reliability.md."""
