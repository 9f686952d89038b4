"""Whether a run that is incomplete goes on by itself, and after how long."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from evalkit.errors import UsageError, not_set_up

if TYPE_CHECKING:
    from evalkit.generate import Tally


def read_pauses(text: str | None) -> tuple[float, ...]:
    """Read `--retry-after`: seconds, separated by commas.

    Raises:
        UsageError: One of them is no time to wait.
    """
    pauses: list[float] = []
    for part in (text or "").split(","):
        if not part.strip():
            continue
        try:
            pause_s = float(part)
        except ValueError:
            pause_s = -1.0
        if not isfinite(pause_s) or pause_s < 0:
            raise UsageError(
                f"--retry-after takes seconds, got `{part.strip()}`", hint="for example `--retry-after 60,300`"
            )
        pauses.append(pause_s)
    return tuple(pauses)


def may_pass(tally: Tally) -> bool:
    """Tell whether what a run lacks may be had after a while: not so a higher cap, a key, or a package."""
    if tally.over_budget:
        return False
    return not tally.failures or not all(not_set_up(error) for error in tally.failures.values())
