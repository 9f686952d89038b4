"""What a gate asks of two rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.rows import Asked

if TYPE_CHECKING:
    from evalkit.compare.sides import Bounds
    from evalkit.gate import Gate


def asked_by(gate: Gate, bounds: Bounds, level: float = 0.95) -> Asked:
    """Return what a gate asks of two rows.

    Args:
        gate: One that compares.
        bounds: Of measures that are one number a case.
        level: Least chance that the interval of the difference holds it.
    """
    return Asked(gate.measure, gate.inference, gate.margin, gate.better, bounds.get(gate.measure), level)
