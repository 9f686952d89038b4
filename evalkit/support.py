"""What a model does with a setting, and whether that lets a sample be drawn as it was asked for.

A setting is never clamped or left out in silence: one that a model refuses or ignores makes the whole cell unsupported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.types import EMPTY, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Provider
    from evalkit.types import SettingValue

KnobState: TypeAlias = Literal["applied", "unsupported", "ignored", "unknown"]
KNOB_STATES: tuple[KnobState, ...] = ("applied", "unsupported", "ignored", "unknown")


@dataclass(frozen=True, slots=True)
class Knob:
    """What a model does with one setting.

    Attributes:
        state: `applied`: it shapes the answer. `unsupported`: it is refused when sent. `ignored`: it is accepted and
            does nothing. `unknown`: nobody has said, so it is sent and the reports say that nobody knows.
        low: Least value taken; None when there is no lower end of its own.
        high: Greatest value taken; None when there is no upper end of its own.
        words: The words taken, for a setting that is a word; empty when any is.
        needs: Other settings, each with the values one of which it must have; None among them stands for not sent.
        excludes: Settings that may not be asked for along with it.
        source: Where this is written, and when it was read; None when it follows from the adapter itself.
    """

    state: KnobState = "applied"
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    needs: Mapping[str, tuple[SettingValue | None, ...]] = field(default_factory=lambda: EMPTY)
    excludes: tuple[str, ...] = ()
    source: str | None = None


Support: TypeAlias = bool | tuple[float, float] | KnobState | tuple[str, ...] | Knob
"""A knob, or the short form of one: true, false, a range, a state, or the words that are taken."""


def as_knob(support: Support) -> Knob:
    """Write the short form of a knob out.

    >>> as_knob((0, 1)).high
    1.0
    """
    if isinstance(support, Knob):
        return support
    if isinstance(support, bool):
        return Knob("applied" if support else "unsupported")
    if isinstance(support, str):
        return Knob(support)
    words = tuple(each for each in support if isinstance(each, str))
    if words:
        return Knob(words=words)
    low, high = (float(each) for each in support)
    return Knob(low=low, high=high)


def knob_of(provider: Provider, setting: str) -> Knob:
    """Return what the profile says of a setting, or else the adapter."""
    stated = provider.profile.supports.get(setting)
    return as_knob(provider.supports(setting) if stated is None else stated)


def unsupported_reason(provider: Provider, settings: Mapping[str, SettingValue]) -> str | None:
    """Say why `provider` cannot apply `settings`, or return None when it can, or nobody knows."""
    model = provider.profile.model
    for name, value in settings.items():
        knob = knob_of(provider, name)
        if knob.state == "unsupported":
            return f"{model} does not take `{name}`"
        if knob.state == "ignored":
            return f"{model} accepts `{name}` and ignores it"
        reason = _out_of_range(name, value, knob) or _in_bad_company(name, knob, settings)
        if reason is not None:
            return f"{model} takes {reason}"
    return None


def _out_of_range(name: str, value: SettingValue, knob: Knob) -> str | None:
    if isinstance(value, str) and knob.words and value not in knob.words:
        return f"`{name}` as {' or '.join(knob.words)}, not {value}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if knob.low is not None and knob.high is not None and not knob.low <= value <= knob.high:
        return f"`{name}` from {knob.low:g} to {knob.high:g}, not {value:g}"
    if knob.low is not None and value < knob.low:
        return f"`{name}` from {knob.low:g} upwards, not {value:g}"
    if knob.high is not None and value > knob.high:
        return f"`{name}` up to {knob.high:g}, not {value:g}"
    return None


def _in_bad_company(name: str, knob: Knob, settings: Mapping[str, SettingValue]) -> str | None:
    for other, allowed in knob.needs.items():
        if settings.get(other) not in allowed:
            wanted = " or ".join(shown(each) for each in allowed if each is not None) or "left out"
            is_now = f"it is {shown(settings[other])}" if other in settings else "it is not set"
            return f"`{name}` only with `{other}` {wanted}; {is_now}"
    for other in knob.excludes:
        if other in settings:
            return f"`{name}` only without `{other}`"
    return None
