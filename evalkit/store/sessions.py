"""How often a run was set to work, and what earlier sittings leave to the next: calls under way, refusals, costs."""

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
"""For each provider the calls that were under way when its process was killed or stopped."""
REFUSED = (
    "SELECT DISTINCT settings, error FROM samples JOIN completions ON completions.id = samples.completion"
    " WHERE samples.run = ? AND provider = ? AND outcome = 'unsupported' AND attempts > 0"
)
"""What a provider was asked and refused, with its words; what it was never asked has no attempts."""
SPENT = "SELECT total(cost_usd) FROM completions WHERE run = ?"
"""All that a run's own draws cost, also those that were drawn again."""
