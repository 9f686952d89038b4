"""The product of a suite's axes, less the combinations in which an axis has nothing to act on.

Two combinations that would send the same prompt under two names are run once. The value that has nothing to act on
becomes the axis's neutral one (`never` for refresh, where the axis has it) or None, and what was left out is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING

from evalkit.settings import SETTINGS
from evalkit.templates import variables_of
from evalkit.types import Condition, LeftOut, System, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.types import AxisValue, Suite

NO_SYSTEM = System()
RESERVED_AXES = ("system", "density", "turns", "refresh")
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Sweep:
    """The conditions that a suite runs and those that it leaves out, both in the order of its axes."""

    conditions: tuple[Condition, ...]
    left_out: tuple[LeftOut, ...]


def sweep(suite: Suite, chosen: Mapping[str, tuple[AxisValue, ...]] | None = None) -> Sweep:
    """Return what a suite runs.

    Args:
        suite: The suite.
        chosen: Values to keep, by axis (`--set`); None keeps all.
    """
    axes = {axis: (chosen or {}).get(axis, values) for axis, values in suite.axes.items()}
    kept: dict[Condition, None] = {}
    left_out: list[LeftOut] = []
    for values in product(*axes.values()):
        written = dict(zip(axes, values, strict=True))
        reduced = dict(written)
        for axis, reason in _inert(suite, written):
            neutral = NEVER if axis == "refresh" and NEVER in axes["refresh"] else None
            reduced[axis] = neutral
            left_out.append(
                LeftOut(Condition(tuple(written.items())), axis, f"{reason}; run once, as {axis} {shown(neutral)}")
            )
        kept[Condition(tuple(reduced.items()))] = None
    return Sweep(tuple(kept), tuple(left_out))


def system_of(suite: Suite, name: AxisValue) -> System:
    """Return the entry of `systems` that an axis value names; null names no system prompt."""
    return NO_SYSTEM if name is None else suite.systems[str(name)]


def _inert(suite: Suite, values: Mapping[str, AxisValue]) -> Iterator[tuple[str, str]]:
    """Yield each axis that has nothing to act on in this combination, with the reason."""
    system = system_of(suite, values.get("system"))
    name = f"system {shown(values.get('system'))}"
    if "density" in values and not system.rules:
        yield "density", f"{name} has no list of rules to dilute"
    restated = values.get("refresh", NEVER) != NEVER
    if restated:
        reason = _nothing_to_restate(suite, values, system)
        if reason:
            restated = False
            yield "refresh", reason.format(system=name)
    variables = [axis for axis in values if axis not in RESERVED_AXES and axis not in SETTINGS]
    if variables:
        used = _variables_in_play(suite, values, system, restated=restated)
        for axis in variables:
            if axis not in used:
                yield axis, f"no template of this combination uses `{axis}`"


def _nothing_to_restate(suite: Suite, values: Mapping[str, AxisValue], system: System) -> str | None:
    turns, refresh = values.get("turns", 0), values["refresh"]
    assert isinstance(turns, int)
    assert isinstance(refresh, int)
    if system.absent or system.text == "":
        return "{system} has nothing to restate"
    if suite.conversation is not None and suite.conversation.mode == "padding":
        return "padding has no exchanges to restate the system prompt after"
    if turns < refresh:
        return f"{turns} turns are fewer than refresh {refresh}, so nothing is restated"
    return None


def _variables_in_play(
    suite: Suite, values: Mapping[str, AxisValue], system: System, *, restated: bool
) -> frozenset[str]:
    """Return the variables that the templates of this combination use."""
    texts = [case.prompt for case in suite.cases]
    texts += [system.text or "", *system.rules]
    if values.get("density", 1.0) != 1.0:
        texts += system.filler
    turns = values.get("turns", 0)
    if suite.conversation is not None and isinstance(turns, int):
        for exchange in suite.conversation.exchanges[:turns]:
            texts.append(exchange.user)
            if exchange.assistant is not None and suite.conversation.mode != "live":
                texts.append(exchange.assistant)
    if restated:
        texts.append(suite.refresh)
    return frozenset(chain.from_iterable(variables_of(text) for text in texts))
