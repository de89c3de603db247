"""The last gate: pure code that holds every number, comparison, rule and citation of a draft against the evidence."""

from bot.answering.verify.check import verify

__all__ = ["verify"]
