"""Keeps responses as a run, so that all that is done with runs can be done with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from evalkit.errors import UsageError
from evalkit.expand import sweep
from evalkit.expand.messages import build_prompt
from evalkit.responses.join import Joiner
from evalkit.responses.survey import Survey, place_responses
from evalkit.runs import versions
from evalkit.selection import Selection
from evalkit.types import RESPONSES, Profile, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.responses.survey import Slot
    from evalkit.store import Store
    from evalkit.types import Completion, Condition, Prompt, Run, Scalar, Suite

_COMMITTED_TOGETHER = 500
_READ_AT_ONCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file of responses.

    Attributes:
        stream: The file; it is read three times.
        name: How messages call it.
        provider: Who is taken to have given the responses that do not say.
    """

    stream: BinaryIO
    name: str
    provider: str


def survey_responses(suite: Suite, source: Source) -> Survey:
    """Go through the file and find where everything belongs.

    Raises:
        SuiteError: A line is wrong.
        UsageError: No response belongs to any case.
    """
    survey = Survey(source.name, source.provider)
    joiner = Joiner(suite, sweep(suite).conditions)
    source.stream.seek(0)
    for _ in place_responses(source.stream, joiner, survey):
        pass
    if not survey.joined:
        reasons = [f"line {lines[0]}: {reason}" for reason, lines in survey.faults.items()]
        raise UsageError(
            f"none of the {survey.responses:,} responses in {source.name} belongs to a case of suite {suite.name}",
            hint=reasons[0] if reasons else 'each line is an object, for example {"prompt": "...", "response": "..."}',
        )
    return survey


def take_responses(suite: Suite, store: Store, source: Source, survey: Survey) -> Run:
    """Store responses as a run of their own.

    Args:
        suite: The cases.
        store: Where to.
        source: The file.
        survey: What `survey_responses` found in it.
    """
    conditions = sweep(suite).conditions
    empty = survey.empty_cells(len(suite.cases))
    slots = sum(repeats.taken for cells in survey.repeats.values() for repeats in cells.values())
    run = store.create_run(
        suite,
        seed=suite.seed or 0,
        seed_from="suite",
        selection=Selection(tuple(survey.repeats), 1).to_json(),
        planned=slots + len(empty),
        versions=versions(),
        profiles=[Profile(name, adapter=RESPONSES, model="not known") for name in survey.repeats],
    )
    batch: list[tuple[Sample, Completion]] = []
    for sample in _samples(run, suite, conditions, source, survey):
        batch.append(sample)
        if len(batch) == _COMMITTED_TOGETHER:
            store.commit(run.id, batch)
            batch.clear()
    store.commit(run.id, batch)
    facts: dict[str, Scalar] = {
        "responses": source.name,
        "sha256": _digest(source.stream),
        "not_joined": survey.not_joined,
    }
    store.finish_run(run.id, dict.fromkeys(survey.repeats, facts), complete=not empty)
    return run


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    found = hashlib.sha256()
    while part := stream.read(_READ_AT_ONCE):
        found.update(part)
    return found.hexdigest()


def _samples(
    run: Run, suite: Suite, conditions: Sequence[Condition], source: Source, survey: Survey
) -> Iterator[tuple[Sample, Completion]]:
    """Go through the file again and give every response its number in the run: by condition, case and repeat."""
    first: dict[str, dict[tuple[int, int], int]] = {}
    for provider, cells in survey.repeats.items():
        position = 0
        first[provider] = {}
        for cell in sorted(cells):
            first[provider][cell] = position
            position += cells[cell].span

    @lru_cache(maxsize=1024)
    def prompt(cell: tuple[int, int]) -> Prompt:
        number, index = cell
        condition = conditions[number]
        # Nobody knows what a live conversation said before; its replies stand empty.
        return build_prompt(suite, suite.cases[index], condition, replies=("",) * condition.turns)

    def sample(slot: Slot) -> Sample:
        provider, cell, repeat = slot
        position = first[provider][cell] + repeat
        return Sample(
            key=f"responses/{run.id}/{provider}/{position}",
            position=position,
            provider=provider,
            condition=conditions[cell[0]],
            case_id=suite.cases[cell[1]].id,
            repeat=repeat,
            prompt=prompt(cell),
            settings={},
            seed=0,
        )

    source.stream.seek(0)
    joiner = Joiner(suite, conditions)
    for response, slots in place_responses(source.stream, joiner, Survey(survey.name, survey.provider)):
        for slot in slots:
            yield sample(slot), response.completion
