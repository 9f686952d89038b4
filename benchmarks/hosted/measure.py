"""What a process has spent, and how several passages are written down."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def cpu_s() -> float:
    """Return the seconds that this process has spent computing, all threads, in user and system mode."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Return the greatest resident memory that this process has had, in units of 10^6 bytes."""
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


@dataclass(frozen=True, slots=True)
class Watch:
    """Measures from its making on."""

    began_cpu_s: float = field(default_factory=cpu_s)
    began_wall_s: float = field(default_factory=time.perf_counter)

    @property
    def cpu_s(self) -> float:
        """Seconds of computing since."""
        return cpu_s() - self.began_cpu_s

    @property
    def wall_s(self) -> float:
        """Seconds since."""
        return time.perf_counter() - self.began_wall_s


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write a median with the least and the greatest."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
