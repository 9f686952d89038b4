"""What of a suite is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProfileError, UsageError
from evalkit.prepare import prepare
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.prepare import Prepared
    from tests.conftest import SmallProject


EVERYTHING = Selection()


def _prepare(small: SmallProject, selection: Selection = EVERYTHING) -> Prepared:
    return prepare(small.suite(), small.project, selection)


def test_all_of_a_suite_is_prepared(small_project: SmallProject) -> None:
    """Two temperatures, two systems, two cases, three repeats."""
    prepared = _prepare(small_project)
    assert (len(prepared.sweep.conditions), len(prepared.cases), prepared.repeats, prepared.probes) == (4, 2, 3, 24)
    assert prepared.selection == Selection(("script",), 3, (), {})
    assert [profile.name for profile in prepared.profiles] == ["script"]


def test_a_selection_narrows_a_suite(small_project: SmallProject) -> None:
    """Providers named twice are asked once; values named twice are one."""
    small_project.write("providers/other.yaml", "adapter: scripted\nmodel: other\n")
    selection = Selection(("other", "script", "other"), 2, ("two",), {"temperature": (1.0, 1.0)})
    prepared = _prepare(small_project, selection)
    assert [profile.name for profile in prepared.profiles] == ["other", "script"]
    assert prepared.selection.providers == ("other", "script")
    assert [case.id for case in prepared.cases] == ["two"]
    assert {condition.get("temperature") for condition in prepared.sweep.conditions} == {1.0}
    assert prepared.probes == 2 * 1 * 2 * 2


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        (Selection(cases=("tow",)), "suite small has no case `tow`", "did you mean `two`?"),
        (Selection(repeats=0), "repeats must be at least 1, got 0", None),
        (
            Selection(axes={"temprature": (0.0,)}),
            "suite small has no axis `temprature`",
            "did you mean `temperature`?",
        ),
        (Selection(axes={"temperature": (0.5,)}), "axis `temperature` has no value 0.5", "it has 0.0, 1.0"),
        (
            Selection(axes={"system": ()}),
            "axis `system` is left without a value",
            "name one, or leave the axis out",
        ),
        (Selection(providers=("scrip",)), "no provider `scrip`", "did you mean `script`?"),
    ],
    ids=["case", "repeats", "axis", "value", "no value", "provider"],
)
def test_a_selection_of_what_is_not_there_is_refused(
    small_project: SmallProject, selection: Selection, message: str, hint: str | None
) -> None:
    """With the value met and what there is instead."""
    with pytest.raises((UsageError, ProfileError)) as raised:
        _prepare(small_project, selection)
    assert raised.value.message == message
    if hint:
        assert raised.value.hint == hint
