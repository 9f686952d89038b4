"""The errors and what they carry."""

from __future__ import annotations

import inspect
import re

import pytest

from evalkit import errors
from evalkit.errors import ArgumentError, EvalkitError, Location, SuiteError, suggestion


def _drawn_tree() -> dict[str, tuple[str | None, int]]:
    """Read the tree of the module's docstring: name to the name above it, and its exit code."""
    tree: dict[str, tuple[str | None, int]] = {}
    above: list[str] = []
    for line in str(errors.__doc__).splitlines():
        found = re.match(r"^    ([│├└─ ]*)(\w+Error)\s+(\d+)", line)
        if found:
            depth = len(found[1]) // 4
            above[depth:] = [found[2]]
            tree[found[2]] = (above[depth - 1] if depth else None, int(found[3]))
    return tree


def test_the_drawn_tree_is_the_tree_there_is() -> None:
    """Every class, the class above it, and its exit code."""
    classes = [
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, EvalkitError) and each.__module__ == errors.__name__
    ]
    found = {
        each.__name__: (None if each is EvalkitError else each.__bases__[0].__name__, each.exit_code)
        for each in classes
    }
    assert _drawn_tree() == found


def test_an_error_is_its_sentence() -> None:
    """The hint stands apart."""
    error = EvalkitError("no such thing", hint="look elsewhere")
    assert str(error) == error.message == "no such thing"
    assert error.hint == "look elsewhere"
    assert EvalkitError("no such thing").hint is None


def test_a_suite_error_begins_with_its_place() -> None:
    """As editors and terminals link it."""
    place = Location("suites/a.yaml", 14, 3)
    error = SuiteError("unknown key `axe`", location=place)
    assert str(error) == "suites/a.yaml:14:3: unknown key `axe`"
    assert error.location == place
    assert str(SuiteError("no cases")) == "no cases"


def test_an_argument_error_knows_the_way_to_the_argument() -> None:
    """Outermost first."""
    assert ArgumentError("wrong", path=("all_of", 1, "max_words")).path == ("all_of", 1, "max_words")
    assert ArgumentError("wrong").path == ()


KNOWN = "known are " + ", ".join(f"`p{number:02}`" for number in range(20))


@pytest.mark.parametrize(
    ("name", "valid", "hint"),
    [
        ("max_word", ["max_words", "valid_json"], "did you mean `max_words`?"),
        ("word", ["words", "wordy"], "did you mean `wordy` or `words`?"),
        ("temp", ["system", "temperature"], "did you mean `temperature`?"),
        ("zzz", [f"p{number:02}" for number in range(23)], f"{KNOWN} and 3 more"),
        ("zzz", ["b", "a"], "known are `a`, `b`"),
        ("zzz", [], None),
    ],
    ids=["one near", "two near", "begun", "many", "none near", "none at all"],
)
def test_a_suggestion_names_what_is_near(name: str, valid: list[str], hint: str | None) -> None:
    """Or everything, when nothing is."""
    assert suggestion(name, valid) == hint


def test_a_hint_is_noted_once() -> None:
    """Python shows it below the message then; without one there is nothing to note."""
    error = EvalkitError("it is so", hint="do that")
    assert error.noted() is error
    assert error.noted().__notes__ == ["hint: do that"]
    assert not hasattr(EvalkitError("it is so").noted(), "__notes__")
