"""How often a run was set to work, and what was under way when it ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Session:
    """One provider set to work in one process.

    Attributes:
        in_flight: Most calls that were under way at a commit since the last lower number was written.
    """

    id: int
    in_flight: int = 0


BEGIN = "INSERT INTO sessions (run, provider, started_at) VALUES (?, ?, ?)"
NOTE = "UPDATE sessions SET in_flight = ? WHERE id = ?"
END = "UPDATE sessions SET ended_at = ?, in_flight = 0 WHERE id = ?"
BROKEN_OFF = "SELECT provider, sum(in_flight) FROM sessions WHERE run = ? AND ended_at IS NULL GROUP BY provider"
"""For each provider the calls that were under way when its process was killed."""
