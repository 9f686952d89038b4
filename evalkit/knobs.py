"""What became of each setting that a run asks for, on each of its providers: for the store, and from it for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.findings import KnobNote
from evalkit.settings import SETTINGS
from evalkit.support import knob_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.protocols import Provider
    from evalkit.types import Json, Profile, Suite


def settings_in_play(suite: Suite, profile: Profile) -> tuple[str, ...]:
    """Return the settings that a suite asks of a provider, in the order of the reference."""
    asked = {*suite.axes, *suite.settings, *profile.settings}
    return tuple(name for name in SETTINGS if name in asked)


def known_knobs(provider: Provider, settings: Iterable[str], refusals: Mapping[str, str]) -> dict[str, Json]:
    """Return what is known of settings, as plain data for the store.

    Args:
        provider: The provider.
        settings: Their names.
        refusals: What the server said when it refused one.
    """
    plain: dict[str, Json] = {}
    for name in dict.fromkeys((*settings, *refusals)):  # an adapter may send a setting of its own accord
        if name in refusals:
            plain[name] = {"state": "refused", "why": refusals[name]}
        else:
            knob = knob_of(provider, name)
            plain[name] = {"state": knob.state, "why": knob.source}
    return plain


def knob_notes(plain: Mapping[str, Json]) -> tuple[KnobNote, ...]:
    """Read what the store kept: by provider and setting."""
    return tuple(
        KnobNote(provider, setting, known["state"], known["why"])
        for provider, settings in plain.items()
        for setting, known in settings.items()
    )


def merged_knobs(before: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, Json]:
    """Keep what a server refused in an earlier sitting of a run."""
    refused = {name: known for name, known in before.items() if known["state"] == "refused"}
    return {**now, **refused}
