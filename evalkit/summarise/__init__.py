"""From cells to estimates with their intervals, with the case as the unit."""

from evalkit.summarise.rows import Summarised, summarise

__all__ = ["Summarised", "summarise"]
