"""What a gate asks of two rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.rows import Asked

if TYPE_CHECKING:
    from evalkit.compare.sides import Bounds
    from evalkit.gate import Gate


def asked_by(gate: Gate, bounds: Bounds) -> Asked:
    """Return what a gate asks of two rows.

    Args:
        gate: One that compares.
        bounds: Of measures that are one number a case.
    """
    return Asked(gate.measure, gate.inference, gate.margin, gate.better, bounds.get(gate.measure))
