"""Keys: where they come from, and how they stay out of everything that is written or printed."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from evalkit.errors import ProviderError

if TYPE_CHECKING:
    from evalkit.types import Profile

_COMMAND_TIMEOUT_S = 30
_SHORTEST = 6
"""A shorter text is no key, and to blank it out everywhere would garble what is printed."""

_known: dict[str, str] = {}
"""Keys in use, each with the words that stand in its place."""


def key_of(profile: Profile) -> str:
    """Return the key of a profile, from its variable or its command, and remember to keep it out of sight.

    Raises:
        ProviderError: There is none.
    """
    if profile.key_command is not None:
        key, origin = _from_command(profile.key_command, profile.name), "the key of its command"
    elif profile.key_env is not None:
        key, origin = os.environ.get(profile.key_env, "").strip(), f"the key in {profile.key_env}"
        if not key:
            raise ProviderError(
                f"provider {profile.name} needs a key, and {profile.key_env} is not set",
                hint=f"set the variable {profile.key_env}, or name a `key_command` in the profile",
            )
    else:
        raise ProviderError(
            f"provider {profile.name} needs a key, and its profile says not where it is",
            hint="name the variable that holds it: `key_env: NAME`",
        )
    if len(key) >= _SHORTEST:
        _known[key] = f"[{origin}]"
    return key


def _from_command(command: str, name: str) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - the user's own command, from the user's own profile
            shlex.split(command), capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ProviderError(f"the key_command of provider {name} cannot be run: {type(error).__name__}") from error
    key = ended.stdout.strip()
    if ended.returncode or not key:
        outcome = f"ended with exit code {ended.returncode}" if ended.returncode else "printed nothing"
        # What it printed may be the key, so none of it is shown.
        raise ProviderError(f"the key_command of provider {name} {outcome}", hint="run it by hand to see why")
    return key


def scrub(text: str) -> str:
    """Return `text` with every known key replaced by the name of where it came from."""
    for key, name in _known.items():
        if key in text:
            text = text.replace(key, name)
    return text
