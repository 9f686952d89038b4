"""What must be the same when a run goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.errors import UsageError
from evalkit.store.rows import profile_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.types import Profile, Run

SHAPES_ANSWERS = ("adapter", "model", "base_url", "settings", "options", "extra")
"""Parts of a profile that must be the same when a run goes on."""


def check_profiles(run: Run, profiles: Iterable[Profile]) -> None:
    """Refuse profiles that are not what they were when a run began.

    Raises:
        UsageError: One has changed in what shapes answers.
    """
    for profile in profiles:
        before, now = run.profiles[profile.name], json.loads(json.dumps(profile_json(profile)))
        for key in SHAPES_ANSWERS:
            if now[key] != before[key]:
                raise UsageError(
                    f"profile `{profile.name}` has another `{key}` than when run {run.id} began",
                    hint="undo the change, or start a new run with `--reuse`",
                )
