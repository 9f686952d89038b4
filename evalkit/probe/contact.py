"""The first call of a probe: is there an answer at all, with room for a text, and from the model that was asked for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import ProviderError
from evalkit.probe.draws import Wanted
from evalkit.probe.findings import Finding
from evalkit.probe.prompts import OPEN_ENDED
from evalkit.probe.work import KEPT, MAX_TOKENS, ROOM_TO_THINK
from evalkit.providers.served import is_alias, same_family
from evalkit.support import knob_of
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.probe.draws import Asker
    from evalkit.protocols import Provider
    from evalkit.types import SettingValue

_ATTEMPTS = 3


def base_settings(provider: Provider) -> dict[str, SettingValue]:
    """Return the settings that hold in every call: how much may be thought and written."""
    kept = {name: value for name, value in provider.profile.settings.items() if name in KEPT}
    if "max_tokens" not in kept and knob_of(provider, "max_tokens").state in ("applied", "unknown"):
        kept["max_tokens"] = MAX_TOKENS
    return kept


async def first_contact(asker: Asker, base: Mapping[str, SettingValue]) -> Mapping[str, SettingValue]:
    """Ask once, and again with more room where all of it went into thinking, or without a limit that is refused.

    Returns:
        The settings that hold from now on.

    Raises:
        ProviderError: The provider failed, or its first answers have no text.
    """
    for attempt in range(_ATTEMPTS):
        answer = (await asker.ask([Wanted("first contact", OPEN_ENDED[0], base, attempt)]))[0]
        if answer is None:
            return base
        refused = {name for name in base if name in getattr(asker.provider, "refusals", EMPTY)}
        if refused:
            base = {name: value for name, value in base.items() if name not in refused}
        elif answer.scored and (answer.text.strip() or answer.outcome != "truncated"):
            return base
        elif answer.scored and base.get("max_tokens") != ROOM_TO_THINK:
            base = {**base, "max_tokens": ROOM_TO_THINK}
        else:
            break
    name = asker.provider.profile.name
    why = asker.failure or "its answer has no text"
    raise ProviderError(f"{name}: the first call came to nothing: {why}")


def served_model(asked: str, served: Sequence[str]) -> Finding:
    """Say whether the models that answered are the one asked for.

    Args:
        asked: The profile's model.
        served: Those that say they answered.
    """
    if not served:
        return Finding("served_model", "not_stated", "no answer says which model made it")
    others = [each for each in served if not same_family(asked, each)]
    named = " and ".join(served)
    if not others:
        return Finding("served_model", "as_asked", f"asked for {asked}, {named} answered")
    if is_alias(asked):
        return Finding("served_model", "as_asked", f"{asked} is an alias, and {named} answered")
    return Finding("served_model", "another_model", f"asked for {asked}, {' and '.join(others)} answered")
