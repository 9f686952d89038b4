"""How often something happened in a simulation, and how often it may happen at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of simulated nights."""

    happened: int
    nights: int

    @property
    def share(self) -> float:
        """The share itself."""
        return self.happened / self.nights

    @property
    def upper(self) -> float:
        """Its upper 95 % limit, exact (Clopper and Pearson 1934)."""
        from scipy.special import betaincinv

        inverse: Any = betaincinv  # scipy has no types
        if self.happened == self.nights:
            return 1.0
        return float(inverse(self.happened + 1, self.nights - self.happened, 0.95))

    @property
    def lower(self) -> float:
        """Its lower 95 % limit."""
        return 1 - Rate(self.nights - self.happened, self.nights).upper

    def of_any(self, gates: int) -> tuple[float, float]:
        """Return the chance that it happens in any of several independent gates, and that chance's upper limit."""
        return 1 - (1 - self.share) ** gates, 1 - (1 - self.upper) ** gates
