"""From samples to completions: asks every provider at once and commits what comes back before anything reads it."""

from evalkit.generate.batches import Batching
from evalkit.generate.engine import Work, generate
from evalkit.generate.tally import Tally, Unwatched, Watcher

__all__ = ["Batching", "Tally", "Unwatched", "Watcher", "Work", "generate"]
