"""How people write axis values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.choices import Chosen, pick, read_choices, same_value, values_of, with_choices, with_values
from evalkit.errors import UsageError

if TYPE_CHECKING:
    from evalkit.types import AxisValue
    from tests.conftest import SmallProject


@pytest.mark.parametrize(
    ("value", "text", "same"),
    [
        pytest.param(0.0, "0", True, id="zero as a whole number"),
        pytest.param(0.8, "0.80", True, id="trailing zero"),
        pytest.param(4, "4", True, id="whole number"),
        pytest.param("dense", "dense", True, id="name"),
        pytest.param("none", "null", False, id="the name none is not null"),
        pytest.param(None, "null", True, id="null"),
        pytest.param(True, "1", False, id="true is not one"),
        pytest.param(True, "true", True, id="true"),
        pytest.param(0.8, "dense", False, id="number against word"),
    ],
)
def test_same_value(value: AxisValue, text: str, *, same: bool) -> None:
    """Numbers compare as numbers, everything else as it is shown."""
    assert same_value(value, text) is same


def test_choices_are_read_and_picked() -> None:
    """Each axis keeps the values that were named, in the order in which they were."""
    choices = read_choices(["temperature=1,0", "system=dense"], "--set")
    assert choices == [Chosen("temperature", ("1", "0")), Chosen("system", ("dense",))]
    assert pick(choices, {"temperature": (0.0, 1.0), "system": ("none", "dense")}) == {
        "temperature": (1.0, 0.0),
        "system": ("dense",),
    }


@pytest.mark.parametrize("text", ["temperature", "=1", "temperature="], ids=["no sign", "no axis", "no value"])
def test_malformed_choice_is_refused(text: str) -> None:
    """AXIS=VALUE needs all three parts."""
    with pytest.raises(UsageError, match="takes AXIS=VALUE,VALUE"):
        read_choices([text], "--set")


def test_axis_named_twice_is_refused() -> None:
    """Two lists for one axis would leave it open which one is meant."""
    with pytest.raises(UsageError, match="names axis `turns` twice"):
        read_choices(["turns=0", "turns=4"], "--where")


def test_chosen_values_may_be_new_ones(small_project: SmallProject) -> None:
    """They are checked like those of the file, and numbers are read as YAML reads them."""
    suite, axes = with_choices(small_project.suite(), read_choices(["temperature=0.5,1"], "--set"), "--set")
    assert axes == {"temperature": (0.5, 1.0)}
    assert 0.5 in suite.axes["temperature"]
    with pytest.raises(UsageError, match="--set temperature=hot: "):
        with_choices(small_project.suite(), read_choices(["temperature=hot"], "--set"), "--set")


def test_values_that_are_there_change_no_suite(small_project: SmallProject) -> None:
    """It stays the same object, so that its runs are of one suite."""
    suite = small_project.suite()
    assert with_choices(suite, read_choices(["system=dense"], "--set"), "--set") == (suite, {"system": ("dense",)})


def test_python_gives_one_value_or_several() -> None:
    """A text is one value, and a list or tuple is several."""
    assert values_of(None) == {}
    assert values_of({"a": "dense", "b": [None, 2], "c": (True,), "d": None}) == {
        "a": ("dense",),
        "b": (None, 2),
        "c": (True,),
        "d": (None,),
    }


def test_a_suite_is_given_values_that_it_lacks(small_project: SmallProject) -> None:
    """One that has them all stays the very same suite; what cannot be is refused."""
    suite = small_project.suite()
    assert with_values(suite, {"temperature": (1.0,), "system": ("none", "dense")}) is suite
    assert with_values(suite, {"temperature": (0.5, 1.0)}).axes["temperature"] == (0.5, 1.0)
    assert with_values(suite, {"stop": (("a", "b"), ("c",))}).axes["stop"] == (("a", "b"), ("c",))
    with pytest.raises(UsageError, match="axis `system` cannot have denser"):
        with_values(suite, {"system": ("denser",)})
