"""Reads what the lines of a baseline say into rows and cases."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn, cast

from evalkit.baselines.layout import SAVE_AGAIN
from evalkit.baselines.lines import read_values
from evalkit.baselines.scores import WRITTEN_LEVELS, derived_level, read_level, read_scores
from evalkit.errors import BaselineError, Location
from evalkit.json_lines import kind_of_json
from evalkit.measured import OF_CONSTRAINT, MeasuredCase, MeasuredOf, MeasuredRow
from evalkit.types import OUTCOMES, Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.baselines.layout import Block, Document
    from evalkit.measured import CaseScores
    from evalkit.types import AxisValue, Json, Outcome, SettingValue


@dataclass(frozen=True, slots=True)
class Members:
    """The members of the object in one line, each read as what it must be.

    Attributes:
        file: How messages call the file.
        line: The line's number.
        text: What it says, without a closing brace.
        value: The same, read.
    """

    file: str
    line: int
    text: str
    value: Document

    def fail(self, name: str, message: str) -> NoReturn:
        """Raise an error that points at a member."""
        found = re.search(rf'"{re.escape(name)}"\s*:', self.text)
        place = Location(self.file, self.line, 1 if found is None else found.start() + 1)
        raise BaselineError(message, location=place, hint=SAVE_AGAIN)

    def _wrong(self, name: str, wanted: str) -> NoReturn:
        if name not in self.value:
            self.fail(name, f"`{name}` is missing; it must be {wanted}")
        self.fail(name, f"`{name}` must be {wanted}, got {kind_of_json(self.value[name])}")

    def text_of(self, name: str) -> str:
        """Return a text."""
        value = self.value.get(name)
        return value if isinstance(value, str) else self._wrong(name, "a text")

    def maybe_text(self, name: str) -> str | None:
        """Return a text; None where there is none."""
        return None if self.value.get(name) is None else self.text_of(name)

    def whole(self, name: str, *, least: int = 0) -> int:
        """Return a whole number."""
        value = self.value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._wrong(name, f"a whole number from {least}")
        return value

    def maybe_number(self, name: str) -> float | None:
        """Return a number; None where there is none."""
        value = self.value.get(name)
        if value is None or _is_number(value):
            return value
        return self._wrong(name, "a number")

    def mapping(self, name: str) -> Document:
        """Return an object; an empty one where there is none."""
        value: Json = self.value.get(name, {})
        return cast("Document", value) if isinstance(value, dict) else self._wrong(name, "an object")

    def members(self, name: str) -> Members:
        """Return an object's members, to read them in turn."""
        if name not in self.value:
            self._wrong(name, "an object")
        return Members(self.file, self.line, self.text, self.mapping(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value: object = self.value.get(name)
        found = cast("list[object]", value) if isinstance(value, list) else [value]
        texts = tuple(each for each in found if isinstance(each, str))
        return texts if isinstance(value, list) and len(texts) == len(found) else self._wrong(name, "a list of texts")


def members_of(content: str, file: str, line: int) -> Members:
    """Read a line.

    Args:
        content: What it says, without a closing brace.
        file: How messages call the file.
        line: The line's number.

    Raises:
        BaselineError: It holds no JSON object.
    """
    try:
        value: Json = json.loads(content + "}")
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"not JSON: {error}", location=Location(file, line, 1), hint=SAVE_AGAIN) from error
    if not isinstance(value, dict):
        raise BaselineError(
            f"must be an object, got {kind_of_json(value)}", location=Location(file, line, 1), hint=SAVE_AGAIN
        )
    return Members(file, line, content, cast("Document", value))


def read_of(head: Members, name: str) -> MeasuredOf:
    """Read whose rows they are.

    Args:
        head: The first line.
        name: The baseline's.

    Raises:
        BaselineError: A member is missing or of the wrong kind.
    """
    suite = head.members("suite")
    return MeasuredOf(
        name=name,
        run=head.text_of("run"),
        suite_name=suite.text_of("name"),
        suite_version=suite.whole("version"),
        suite_hash=suite.text_of("hash"),
        scoring=head.whole("scoring", least=1),
        date=head.maybe_text("date"),
    )


def read_head_row(block: Block, file: str) -> MeasuredRow:
    """Read the line of a row, without its cases.

    Raises:
        BaselineError: A member is missing or of the wrong kind.
    """
    row = members_of(block.row, file, block.line)
    condition = row.members("condition")
    return MeasuredRow(
        provider=row.text_of("provider"),
        model=row.text_of("model"),
        condition=Condition(tuple((axis, _axis_value(condition, axis)) for axis in condition.value)),
        requested=_settings(row.members("requested")),
        applied=_settings(row.members("applied")),
        served=row.texts("served"),
        cases=(),
    )


def read_cases(block: Block, file: str) -> tuple[MeasuredCase, ...]:
    """Read the cases of a row.

    Raises:
        BaselineError: A member is missing or of the wrong kind, or a case is there twice.
    """
    cases: list[MeasuredCase] = []
    lines: dict[str, int] = {}
    for line, content in enumerate(block.cases, block.line + 1):
        members = members_of(content, file, line)
        case = _case(members)
        if case.case_id in lines:
            members.fail("case", f"case `{case.case_id}` is there twice, first in line {lines[case.case_id]}")
        lines[case.case_id] = line
        cases.append(case)
    return tuple(cases)


def _case(members: Members) -> MeasuredCase:
    planned = members.whole("draws")
    outcomes = members.maybe_text("outcomes")
    try:
        counted = _all_complete(planned) if outcomes is None else _outcomes(outcomes)
    except ValueError as error:
        members.fail("outcomes", f"`outcomes` {error}")
    values = members.mapping("values")
    for name, value in values.items():
        if value is not None and not _is_number(value):
            members.fail(name, f"`{name}` must be a number, got {kind_of_json(value)}")
    return MeasuredCase(
        case_id=members.text_of("case"),
        constraints=members.text_of("by"),
        planned=planned,
        outcomes=counted,
        scores=_scores(members),
        values=read_values(values),
        characters=members.maybe_number("characters"),
        latency_s=members.maybe_number("latency_s"),
        run=members.maybe_text("run"),
    )


def _scores(members: Members) -> dict[str, CaseScores]:
    """Return the levels, then the constraints."""
    written = Members(members.file, members.line, members.text, members.mapping("met"))
    constraints = {OF_CONSTRAINT + name: _read(written, name) for name in written.value}
    found = constraints.copy()
    levels: dict[str, CaseScores] = {}
    for level in WRITTEN_LEVELS:
        if level in members.value:
            scores = None if members.value[level] is None else _read(members, level, found)
        else:
            scores = derived_level(level, found)
        if scores is not None:
            levels[level] = found[level] = scores
    return levels | constraints


def _read(members: Members, name: str, known: Mapping[str, CaseScores] | None = None) -> CaseScores:
    text = members.text_of(name)
    try:
        return read_scores(text) if known is None else read_level(name, text, known)
    except ValueError as error:
        members.fail(name, f"`{name}`: {error}")


@lru_cache(maxsize=1024)
def _all_complete(draws: int) -> Mapping[Outcome, int]:
    return {"complete": draws}


@lru_cache(maxsize=1024)
def _outcomes(text: str) -> Mapping[Outcome, int]:
    found: dict[Outcome, int] = {}
    for part in text.split(" ") if text else []:
        name, _, count = part.partition(":")
        outcome: Outcome | None = next((each for each in OUTCOMES if each == name), None)
        if outcome is None or outcome in found or not (count.isascii() and count.isdigit()):
            raise ValueError(f"must be like `complete:7 refusal:1`, got `{text}`")
        found[outcome] = int(count)
    return found


def _settings(members: Members) -> dict[str, SettingValue]:
    found: dict[str, SettingValue] = {}
    for name in members.value:
        value = _axis_value(members, name)
        if value is None:
            members.fail(name, f"`{name}` must be a setting, got null")
        found[name] = value
    return found


def _axis_value(members: Members, name: str) -> AxisValue:
    value: Json = members.value[name]
    if isinstance(value, list):
        return members.texts(name)
    if value is None or isinstance(value, str | int | float):
        return value
    return members.fail(name, f"`{name}` must be a text, a number or a list of texts, got an object")


def _is_number(value: Json) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)
