"""Goes through a file of responses once, to know what belongs where before anything is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from evalkit.responses.join import Cell, NotJoinedError, Repeats
from evalkit.responses.read import read_responses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.responses.join import Joiner
    from evalkit.responses.read import Response

_NAMED = 10
"""Lines or cases that a message names; the others are counted."""
_REASONS = 20

Slot: TypeAlias = tuple[str, Cell, int]
"""Provider, cell and repeat."""


@dataclass(slots=True)
class Survey:
    """What a file holds.

    Attributes:
        name: How messages call the file.
        provider: Of the responses that name none.
        responses: All of them.
        joined: Those that belong to a case.
        shared: Those that belong to several, which share their prompt.
        other_prompts: Those that name their case, and have another prompt.
        faults: By reason, how many responses belong nowhere, with their first lines.
        repeats: What is taken, by provider and cell; providers in the order in which they are met.
        outcomes: Of what was joined.
    """

    name: str
    provider: str
    responses: int = 0
    joined: int = 0
    shared: int = 0
    other_prompts: list[int] = field(default_factory=list[int])
    faults: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    unnamed_faults: int = 0
    repeats: dict[str, dict[Cell, Repeats]] = field(default_factory=dict[str, dict[Cell, Repeats]])
    outcomes: Counter[str] = field(default_factory=Counter[str])

    def note(self, line: int, reason: str) -> None:
        """Note a response that belongs nowhere."""
        lines = self.faults.get(reason)
        if lines is not None:
            lines.append(line)
        elif len(self.faults) < _REASONS:
            self.faults[reason] = [line]
        else:
            self.unnamed_faults += 1

    @property
    def not_joined(self) -> int:
        """Responses that belong nowhere."""
        return self.responses - self.joined

    @property
    def conditions(self) -> list[int]:
        """Indexes of the conditions that have a response of any provider."""
        return sorted({number for cells in self.repeats.values() for number, _ in cells})

    def empty_cells(self, cases: int) -> list[tuple[str, Cell]]:
        """Return the cells without a response, of those conditions that have any."""
        return [
            (provider, (number, case))
            for provider, cells in self.repeats.items()
            for number in self.conditions
            for case in range(cases)
            if (number, case) not in cells
        ]


def place_responses(stream: BinaryIO, joiner: Joiner, survey: Survey) -> Iterator[tuple[Response, list[Slot]]]:
    """Yield the responses that belong somewhere with where they belong, and note the others in `survey`.

    The same file gives the same slots each time, so that a second pass may store what a first one has counted.
    """
    for response in read_responses(stream, survey.name):
        survey.responses += 1
        try:
            placed = joiner.place(response)
        except NotJoinedError as error:
            survey.note(response.line, str(error))
            continue
        provider = response.provider or survey.provider
        cells = survey.repeats.setdefault(provider, {})
        slots: list[Slot] = []
        for cell in placed.cells:
            repeat = cells.setdefault(cell, Repeats()).take(response.repeat)
            if repeat is not None:
                slots.append((provider, cell, repeat))
        if not slots:
            survey.note(response.line, f"repeat {response.repeat} of its case stands above already")
            continue
        survey.joined += 1
        survey.shared += len(slots) > 1
        survey.outcomes[response.completion.outcome] += 1
        if placed.other_prompt:
            survey.other_prompts.append(response.line)
        yield response, slots


def survey_lines(survey: Survey, case_ids: list[str]) -> Iterator[str]:
    """Say what joined and what did not, in both directions."""
    empty = survey.empty_cells(len(case_ids))
    asked = {case for cells in survey.repeats.values() for _, case in cells}
    yield (f"{survey.joined:,} of {survey.responses:,} responses joined, to {len(asked):,} of {len(case_ids):,} cases")
    for reason, lines in survey.faults.items():
        yield f"without a case: {_numbered('line', lines)}: {reason}"
    if survey.unnamed_faults:
        yield f"without a case: {survey.unnamed_faults:,} more responses"
    if empty:
        names = list(dict.fromkeys(case_ids[case] for _, (_, case) in empty))
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        yield f"without a response: {'case' if len(names) == 1 else 'cases'} {', '.join(names[:_NAMED])}{more}"
    if survey.other_prompts:
        yield f"joined by case although the prompt is another: {_numbered('line', survey.other_prompts)}"
    if survey.shared:
        yield f"responses to a prompt that several cases have, and that count for each: {survey.shared:,}"
    several = sum(repeats.span > 1 for cells in survey.repeats.values() for repeats in cells.values())
    if several:
        yield f"cases with several responses, which count as repeats: {several:,}"
    if survey.outcomes["error"]:
        yield f"responses without a text, which are errors and no wrong answers: {survey.outcomes['error']:,}"


def _numbered(noun: str, numbers: list[int]) -> str:
    shown = ", ".join(f"{number}" for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"{noun}{'' if len(numbers) == 1 else 's'} {shown}{more}"
