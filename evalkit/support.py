"""Decides whether a provider can apply the settings that a sample asks for, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Provider
    from evalkit.types import SettingValue, Support


def unsupported_reason(provider: Provider, settings: Mapping[str, SettingValue]) -> str | None:
    """Say why `provider` cannot apply `settings`, or return None when it can.

    A setting is never clamped or left out in silence: one that cannot be applied makes the whole cell unsupported.
    """
    for name, value in settings.items():
        support: Support = provider.profile.supports.get(name, provider.supports(name))
        if support is False:
            return f"{provider.profile.model} does not take `{name}`"
        if isinstance(support, tuple) and isinstance(value, int | float) and not support[0] <= value <= support[1]:
            return f"{provider.profile.model} takes `{name}` from {support[0]:g} to {support[1]:g}, not {value:g}"
    return None
