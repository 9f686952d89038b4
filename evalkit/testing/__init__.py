"""Holds an adapter to what evalkit relies on; for the tests of whoever writes one."""

from evalkit.testing.adapter import check_adapter
from evalkit.testing.completion import check_completion

__all__ = ["check_adapter", "check_completion"]
