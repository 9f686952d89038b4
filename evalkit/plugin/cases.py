"""`@evalkit.cases`: runs a test function for each case of a suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from evalkit.cells import system_constraints
from evalkit.choices import values_of
from evalkit.errors import EvalkitError, SuiteError, UsageError, suggestion
from evalkit.expand import sweep
from evalkit.expand.messages import build_prompt
from evalkit.expand.samples import requested_settings
from evalkit.load import load
from evalkit.plugin.items import broken, words
from evalkit.plugin.names import names_of
from evalkit.plugin.question import RULES, Question
from evalkit.project import find_project
from evalkit.types import EMPTY

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from evalkit.choices import Values
    from evalkit.expand import Sweep
    from evalkit.project import Project
    from evalkit.protocols import Constraint
    from evalkit.types import AxisValue, Case, Condition, Json, Message, SettingValue, Suite

Axes: TypeAlias = "bool | Mapping[str, Values]"

MARK = "evalkit_cases"
ARGUMENT = "case"


@dataclass(frozen=True, slots=True)
class PromptCase:
    """A case of a suite under one condition, ready to be asked: `evalkit.sample(case)` asks it as its suite does.

    Attributes:
        prompt: The last message of the user's, filled in.
        system: The system prompt, filled in; None where there is none.
        history: What is said before: pairs of the user's words and the model's.
        messages: All of it, as a provider is sent it.
        condition: One value for each axis of the suite.
        variables: What templates were filled in with, axes included.
        settings: What suite and condition ask for, such as `temperature`.
        constraints: What an answer must meet, what the system prompt demands included.
        suite: The suite's name.
        providers: Those of the suite.
        path: The suite's file.
    """

    id: str
    prompt: str
    system: str | None
    history: tuple[tuple[str, str], ...]
    messages: tuple[Message, ...]
    condition: Condition
    variables: Mapping[str, AxisValue]
    settings: Mapping[str, SettingValue]
    constraints: tuple[Constraint, ...]
    suite: str
    providers: tuple[str, ...]
    path: Path
    _specs: tuple[Json, ...] = field(default=(), repr=False)
    _rules: Mapping[str, Json] = field(default_factory=lambda: EMPTY, repr=False)

    def question(
        self, system: str | None, history: tuple[tuple[str, str], ...], settings: Mapping[str, SettingValue]
    ) -> Question:
        """Return what is asked, where a test may say otherwise than the suite; None and nothing leave it as it is."""
        return Question(
            self.prompt,
            self.path,
            self.system if system is None else system,
            history or self.history,
            {**self.settings, **settings},
            self._specs or None,
            self._rules,
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a decorator asks for."""

    suite: str
    axes: bool | Mapping[str, tuple[AxisValue, ...]]
    only: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Broken:
    """Stands for the cases of a suite that cannot be read."""

    error: EvalkitError


def cases(suite: str | os.PathLike[str], *, axes: Axes = False, only: str | Sequence[str] = ()) -> pytest.MarkDecorator:
    """Run a test function for each case of a suite; its argument `case` is a `PromptCase`.

    The suite is read when tests are collected. One that cannot be read is a single item that errors and says why.

    Args:
        suite: Its file, relative to the project around the test's file, or to that file's own folder.
        axes: True runs each case under each condition of the suite, and a mapping under those with these values; False
            takes the first condition alone.
        only: Ids of the cases to take; empty takes all.
    """
    wanted = _Wanted(
        str(Path(suite)),
        axes if isinstance(axes, bool) else values_of(axes),
        (only,) if isinstance(only, str) else tuple(only),
    )
    return pytest.mark.evalkit_cases(wanted)


def parametrize(metafunc: pytest.Metafunc, mark: pytest.Mark) -> None:
    """Give a test function the cases that its decorator asks for."""
    wanted: _Wanted = mark.args[0]
    try:
        found = list(_cases(wanted, metafunc.definition.path, metafunc.config.rootpath))
    except EvalkitError as error:
        metafunc.parametrize(ARGUMENT, [_Broken(error)], ids=["load"])
        return
    metafunc.parametrize(ARGUMENT, [case for _, case in found], ids=[name for name, _ in found])


def raise_broken(item: pytest.Item) -> None:
    """Raise what is wrong with the suite of an item, if anything is."""
    callspec = getattr(item, "callspec", None)
    found: object = None if callspec is None else callspec.params.get(ARGUMENT)
    if isinstance(found, _Broken):
        raise broken(words(found.error))


def _cases(wanted: _Wanted, test: Path, root: Path) -> Iterator[tuple[str, PromptCase]]:
    """Yield what a decorator asks for, each case with its name."""
    project = find_project(test.parent, otherwise=root)
    suite = load(_file(wanted.suite, test, project), project)
    chosen = [case for case in suite.cases if not wanted.only or case.id in wanted.only]
    known = {case.id for case in suite.cases}
    for name in wanted.only:
        if name not in known:
            raise UsageError(f"suite {suite.name} has no case `{name}`", hint=suggestion(name, known))
    conditions = _conditions(suite, wanted.axes)
    names = names_of(conditions, suite.axes)
    for condition in conditions:
        written = names.of(condition).strip("[]").replace("][", "-") if wanted.axes else ""
        for case in chosen:
            yield "-".join(filter(None, (written, case.id))), _ready(suite, case, condition)


def _file(named: str, test: Path, project: Project) -> Path:
    """Find a suite from the project's root, or from the folder of the test."""
    places = [project.root / named, test.parent / named]
    return next((place for place in places if place.is_file()), places[0])


def _conditions(suite: Suite, axes: bool | Mapping[str, tuple[AxisValue, ...]]) -> tuple[Condition, ...]:  # noqa: FBT001 - as the decorator takes it
    if isinstance(axes, bool):
        found: Sweep = sweep(suite)
        return found.conditions if axes else found.conditions[:1]
    for axis, values in axes.items():
        if axis not in suite.axes:
            raise UsageError(f"suite {suite.name} has no axis `{axis}`", hint=suggestion(axis, suite.axes))
        for value in values:
            if value not in suite.axes[axis]:
                raise UsageError(f"axis `{axis}` of suite {suite.name} has no value {value!r}")
    return sweep(suite, axes).conditions


def _ready(suite: Suite, case: Case, condition: Condition) -> PromptCase:
    conversation = suite.conversation
    if condition.turns and conversation is not None and conversation.mode == "live":
        raise SuiteError(
            f"suite {suite.name} has the model's own replies in its conversation, which are not known beforehand",
            hint="take the condition without turns, by `axes={'turns': 0}`",
        )
    messages = build_prompt(suite, case, condition).messages
    system = messages[0].content if messages[0].role == "system" else None
    said = [message.content for message in messages if message.role != "system"]
    assert suite.path is not None, "it was read from a file"
    return PromptCase(
        id=case.id,
        prompt=said[-1],
        system=system,
        history=tuple(zip(said[:-1:2], said[1:-1:2], strict=True)),
        messages=messages,
        condition=condition,
        variables={**case.variables, **condition.as_dict()},
        settings=requested_settings(suite, {}, condition),
        constraints=(*case.constraints, *system_constraints(suite, condition)),
        suite=suite.name,
        providers=suite.providers,
        path=suite.path,
        _specs=tuple(_specs(suite, case, condition)),
        _rules={name: suite.document[name] for name in RULES if name in suite.document},
    )


def _specs(suite: Suite, case: Case, condition: Condition) -> Iterator[Json]:
    """Yield how the suite writes what an answer must meet: for the case first, as its constraints are built."""
    document = suite.document
    yield from document.get("constraints", ())
    yield from next(each for each in document["cases"] if each["id"] == case.id).get("constraints", ())
    entry = document.get("systems", {}).get(condition.get("system"))
    if isinstance(entry, Mapping):
        for rule in entry.get("rules", ()):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - plain data
            if isinstance(rule, Mapping):
                yield from rule.get("constraints", ())  # pyright: ignore[reportUnknownMemberType] - the same
        yield from entry.get("constraints", ())  # pyright: ignore[reportUnknownMemberType] - the same
