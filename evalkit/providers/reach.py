"""What is known of an adapter without importing it: what it needs, and where its answers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from evalkit.types import Profile

Reach: TypeAlias = Literal["process", "local", "network"]

EXTRAS = {"claude": "claude", "gemini": "gemini", "openai": "openai", "transformers": "local"}
"""Which extra of the distribution brings what a built-in adapter needs."""


def reach(profile: Profile) -> Reach:
    """Tell where a profile's answers come from, without importing its adapter.

    Returns:
        `local` for a model that is loaded into this process, `network` for a server, `process` for an adapter that is
        not evalkit's own and whose profile names neither a key nor an address.
    """
    extra = EXTRAS.get(profile.adapter)
    if extra == "local":
        return "local"
    asks = (extra, profile.key_env, profile.key_command, profile.base_url)
    return "network" if any(each is not None for each in asks) else "process"
