"""Imports a promptfoo configuration: its prompts, its tests with their variables, and the assertions that map.

Source of the layout: promptfoo's reference of `promptfooconfig.yaml`, "Configuration" and "Assertions & metrics".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from evalkit.errors import SuiteError
from evalkit.importing.assertions import asserted
from evalkit.importing.imported import Imported, ImportedCase, Names, Unmapped, name_like
from evalkit.load.cursor import Cursor, is_list, is_mapping, kind_of
from evalkit.load.document import parse_document
from evalkit.templates import is_template, render, variables_of, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.types import Json, Scalar

_TOP = frozenset({"prompts", "tests", "defaultTest", "description", "$schema"})
_TEST = frozenset({"vars", "assert", "description"})
_MOST_CASES = 20_000


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    unmapped: dict[Unmapped, None] = field(default_factory=dict["Unmapped", None])
    cases: list[ImportedCase] = field(default_factory=list[ImportedCase])
    names: Names = field(default_factory=Names)
    dropped: set[str] = field(default_factory=set[str])
    """Variables of the test at hand that it lost."""

    def drop(self, cursor: Cursor, variable: str, why: str, *, key: bool = False) -> None:
        """Note that a test loses a variable."""
        self.dropped.add(variable)
        self.note(cursor, f"variable `{variable}` is left out: {why}", key=key)

    def note(self, cursor: Cursor, what: str, *, key: bool = False) -> None:
        """Note what the suite does not have."""
        self.unmapped[Unmapped(cursor.document.at(cursor.path, key=key), what)] = None


@dataclass(frozen=True, slots=True)
class _Prompt:
    """One prompt: its template, and a word for ids."""

    template: str
    label: str


def import_promptfoo(text: str, name: str) -> Imported:
    """Make a case of every prompt with every test.

    Args:
        text: The configuration.
        name: How messages call the file.

    Raises:
        SuiteError: It is not valid YAML, has no prompts, or makes too many cases.
    """
    document = parse_document(text, name)
    top = Cursor(document, document.data)
    keys = top.mapping()
    reading = _Reading()
    for key, cursor in keys.items():
        if key not in _TOP:
            reading.note(cursor, f"`{key}` is left out: a suite has no such thing, or another form of it", key=True)
    if "prompts" not in keys:
        top.fail("there are no `prompts`", hint="is it a promptfoo configuration?")
    prompts = list(_prompts(keys["prompts"], reading))
    default = keys.get("defaultTest")
    for index, test in enumerate(_tests(keys.get("tests"), reading)):
        for prompt in prompts:
            _add(reading, prompt, test, default, index, many=len(prompts) > 1)
    return Imported(tuple(reading.cases), tuple(reading.unmapped))


def _prompts(cursor: Cursor, reading: _Reading) -> Iterator[_Prompt]:
    for index, each in enumerate(cursor.one_or_more(), start=1):
        value = each.value
        raw: Json = value.get("raw", value.get("prompt")) if is_mapping(value) else value
        label: Json = value.get("label", value.get("id")) if is_mapping(value) else None
        if not isinstance(raw, str) or not raw.strip():
            reading.note(each, f"the prompt is left out: it must be a text, got {kind_of(raw)}")
        elif raw.startswith(("file://", "exec:")) or (
            "\n" not in raw and raw.endswith((".txt", ".json", ".py", ".js"))
        ):
            reading.note(each, f"the prompt is left out: it is in another file, `{raw[:60]}`")
        elif raw.lstrip().startswith("[") and '"role"' in raw:
            reading.note(each, "the prompt is left out: it is a list of messages")
        else:
            yield _Prompt(raw, name_like(label) if isinstance(label, str) else f"prompt-{index}")


def _tests(cursor: Cursor | None, reading: _Reading) -> Iterator[Cursor | None]:
    """Yield the tests; a configuration without any asks each prompt once, as it stands."""
    if cursor is None:
        yield None
        return
    if not is_list(cursor.value):
        reading.note(cursor, f"the tests are left out: they must be a list, got {kind_of(cursor.value)}")
        return
    for test in cursor.list():
        if not is_mapping(test.value):
            reading.note(test, f"the test is left out: it must be a mapping, got {kind_of(test.value)}")
            continue
        for key, part in test.mapping().items():
            if key not in _TEST:
                reading.note(part, f"`{key}` of a test is left out", key=True)
        yield test


def _add(
    reading: _Reading, prompt: _Prompt, test: Cursor | None, default: Cursor | None, index: int, *, many: bool
) -> None:
    """Add the cases of one prompt with one test: one for every combination of variables that have several values."""
    described = test.value.get("description") if test is not None else None
    name = name_like(described) if isinstance(described, str) else f"test-{index + 1}" if test else prompt.label
    if many and test is not None:
        name = f"{name}-{prompt.label}"
    reading.dropped.clear()
    for variables in _variables(reading, default, test):
        template = _template(reading, prompt, variables, test)
        if template is None:
            return
        own = [spec for part in (default, test) for spec in _asserted(reading, part, variables)]
        used = {each: variables[each] for each in sorted(variables_of(template) & set(variables))}
        reading.cases.append(ImportedCase(reading.names.take(name), template, used, tuple(own)))


def _template(reading: _Reading, prompt: _Prompt, variables: dict[str, Scalar], test: Cursor | None) -> str | None:
    """Return the prompt as a template of evalkit; None where it cannot be one."""
    try:
        # promptfoo leaves a variable that is not there empty; evalkit refuses it.
        missing = dict.fromkeys(variables_of(prompt.template) - set(variables), "")
        lost = sorted(reading.dropped & set(missing))
        rendered = "" if lost else render(prompt.template, {**missing, **variables})
    except SuiteError as error:
        why = error.message
    else:
        if rendered.strip():
            return verbatim(rendered) if missing else prompt.template
        why = f"it needs the variable `{lost[0]}`" if lost else "nothing is left of the prompt"
    if test is not None:
        reading.note(test, f"the test is left out for {prompt.label}: {why}")
    return None


def _variables(reading: _Reading, *parts: Cursor | None) -> Iterator[dict[str, Scalar]]:
    choices: dict[str, list[Scalar]] = {}
    for part in parts:
        if part is None or not is_mapping(part.value) or part.value.get("vars") is None:
            continue
        cursor = part.child("vars")
        if not is_mapping(cursor.value):
            reading.note(cursor, f"`vars` is left out: it must be a mapping, got {kind_of(cursor.value)}")
            continue
        for name, each in cursor.mapping().items():
            values = each.value if is_list(each.value) else [each.value]
            if not name.isidentifier():
                reading.drop(each, name, "a name is letters, digits and `_`", key=True)
            elif any(isinstance(value, dict | list) for value in values):
                reading.drop(each, name, "it is no single value")
            elif any(isinstance(value, str) and value.startswith("file://") for value in values):
                reading.drop(each, name, "it is in another file")
            elif any(isinstance(value, str) and is_template(value) for value in values):
                reading.drop(each, name, "it is a template itself")
            else:
                choices[name] = ["" if value is None else value for value in values]
    if len(reading.cases) + prod(map(len, choices.values())) > _MOST_CASES:
        raise SuiteError(f"it makes more than {_MOST_CASES:,} cases", hint="import a part of it")
    for chosen in product(*choices.values()):
        yield dict(zip(choices, chosen, strict=True))


def _asserted(reading: _Reading, part: Cursor | None, variables: dict[str, Scalar]) -> Iterator[Json]:
    if part is None or not is_mapping(part.value) or part.value.get("assert") is None:
        return
    for each in part.child("assert").one_or_more():
        found = asserted(each.value, variables)
        for what in found.unmapped:
            reading.note(each, what)
        if found.spec is not None:
            yield found.spec
