"""Holds what was measured against gates, baselines and other runs."""

from evalkit.compare.gates import compare

__all__ = ["compare"]
