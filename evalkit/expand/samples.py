"""Lazily lists the draws of a suite for one provider."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from evalkit.expand.key import cell_hash, draw_seed, sample_key
from evalkit.expand.messages import build_prompt
from evalkit.settings import PROVIDER_DEFAULT, SETTINGS
from evalkit.types import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.types import Case, Condition, Profile, Prompt, SettingValue, Suite


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the sweep: which case, under which condition, which repeat.

    Attributes:
        position: Index in the expansion for one provider.
    """

    position: int
    condition: Condition
    case: Case
    repeat: int

    @property
    def turns(self) -> int:
        """Exchanges before the probe."""
        return self.condition.turns


@dataclass(frozen=True, slots=True)
class Plan:
    """What an expansion needs besides conditions and cases.

    Attributes:
        seed: The suite's, the user's, or the one that the run drew.
        seed_drawn: True when the run drew it, so that no particular draw was asked for.
    """

    suite: Suite
    profile: Profile
    seed: int
    seed_drawn: bool


def slots(
    conditions: Sequence[Condition], cases: Sequence[Case], repeats: int, cells: Iterable[int] | None = None
) -> Iterator[Slot]:
    """Yield every slot: conditions outermost, then cases, then repeats.

    Args:
        conditions: All of a sweep's.
        cases: All that are run.
        repeats: Of each cell.
        cells: Numbers of the cells to yield, in the order to yield them; see `Selection.cells`. None yields all.
    """
    for number in range(len(conditions) * len(cases)) if cells is None else cells:
        condition, case = divmod(number, len(cases))
        for repeat in range(repeats):
            yield Slot(number * repeats + repeat, conditions[condition], cases[case], repeat)


@dataclass(frozen=True, slots=True)
class _CellPlan:
    """What the samples of one cell share."""

    prompt: Prompt
    settings: Mapping[str, SettingValue]
    hash: bytes


def expand(plan: Plan, places: Iterable[Slot]) -> Iterator[Sample]:
    """Turn slots into samples, building each prompt once for all its repeats.

    Args:
        plan: Suite, provider and seed.
        places: Slots in order; those that need no draw may be missing. Not for conversations in mode `live` with
            turns, whose messages depend on earlier replies: see `live_sample`.

    Raises:
        SuiteError: A prompt cannot be built.
    """
    for _, of_cell in groupby(places, key=lambda slot: (slot.condition, slot.case.id)):
        first = next(of_cell)
        cell = _plan_cell(plan, first, build_prompt(plan.suite, first.case, first.condition))
        for slot in chain([first], of_cell):
            yield _draw(plan, cell, slot, turn=None)


def live_sample(plan: Plan, slot: Slot, replies: Sequence[str], turn: int | None) -> Sample:
    """Build the sample that continues a live conversation.

    Args:
        plan: Suite, provider and seed.
        slot: The conversation.
        replies: The model's own replies so far.
        turn: The exchange to be answered; None for the probe at the end.
    """
    prompt = build_prompt(plan.suite, slot.case, slot.condition, replies=replies, turn=turn)
    return _draw(plan, _plan_cell(plan, slot, prompt), slot, turn=turn)


def requested_settings(
    suite: Suite, own: Mapping[str, SettingValue], condition: Condition
) -> Mapping[str, SettingValue]:
    """Merge what a profile, the suite and a condition ask for; `default` on an axis leaves a setting to the provider.

    Args:
        suite: The suite; its settings win over the profile's.
        own: The profile's.
        condition: Its axes win over both.
    """
    axes = {axis: value for axis, value in condition.values if axis in SETTINGS and value is not None}
    merged = {**own, **suite.settings, **axes}
    return {name: value for name, value in merged.items() if axes.get(name) != PROVIDER_DEFAULT}


def _plan_cell(plan: Plan, slot: Slot, prompt: Prompt) -> _CellPlan:
    settings = requested_settings(plan.suite, plan.profile.settings, slot.condition)
    return _CellPlan(prompt, settings, cell_hash(plan.profile, prompt, settings, slot.condition, slot.case.id))


def _draw(plan: Plan, cell: _CellPlan, slot: Slot, *, turn: int | None) -> Sample:
    asked = cell.settings.get("seed")
    seed = draw_seed(
        asked if isinstance(asked, int) else plan.seed,
        slot.case.id,
        slot.repeat,
        turn=turn,
        noise=plan.suite.noise,
        provider=plan.profile.name,
        condition=slot.condition,
    )
    seed_is_anyones = plan.seed_drawn and asked is None
    return Sample(
        key=sample_key(cell.hash, repeat=slot.repeat, turn=turn, seed=None if seed_is_anyones else seed),
        position=slot.position,
        provider=plan.profile.name,
        condition=slot.condition,
        case_id=slot.case.id,
        repeat=slot.repeat,
        prompt=cell.prompt,
        settings=cell.settings,
        seed=seed,
        turn=turn,
    )
