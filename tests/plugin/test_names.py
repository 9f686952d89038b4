"""Names of items: what they look like, that they are safe, and that they stay apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.gate import BASELINE, Gate
from evalkit.plugin.names import LONGEST, distinct, names_of, safe, written_values
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.types import AxisValue

ALLOWED = re.compile(r"[\w.:+/-]+")
"""What pytest's `-k` takes as one word, less the brackets that close values."""

AXES: dict[str, tuple[AxisValue, ...]] = {"temperature": (0.2, 0.25, 1.0), "system": ("none", "dense", None)}


def condition(temperature: float, system: str | None) -> Condition:
    """Make a condition."""
    return Condition((("temperature", temperature), ("system", system)))


def test_every_value_is_closed_by_a_bracket() -> None:
    """So that 0.2 is no part of 0.25, and the axis stands before its value."""
    names = names_of([], AXES)
    assert names.of(condition(0.2, "dense")) == "[t:0.2][system:dense]"
    assert "t:0.2]" not in names.of(condition(0.25, "dense"))


def test_what_has_no_value_is_null() -> None:
    """As a suite writes it."""
    assert names_of([], AXES).of(condition(0.2, None)) == "[t:0.2][system:null]"


def test_a_value_that_only_the_sweep_has_is_named() -> None:
    """An axis with nothing to act on has null, though the suite does not list it."""
    inert = Condition((("density", None),))
    assert names_of([inert], {"density": (0.5,)}).of(inert) == "[density:null]"


def test_an_axis_of_the_short_name_keeps_it() -> None:
    """Then temperature is written in full."""
    both = Condition((("temperature", 0.2), ("t", 0.2)))
    assert names_of([both], {}).of(both) == "[temperature:0.2][t:0.2]"


def test_people_may_write_axes_in_full_and_whole_numbers_short() -> None:
    """What is not in the name can still be selected."""
    assert set(names_of([], AXES).keywords(condition(1.0, "dense"))) == {
        "[t:1.0]",
        "[t:1]",
        "[temperature:1.0]",
        "[temperature:1]",
        "[system:dense]",
    }


@pytest.mark.parametrize(
    ("gate", "name"),
    [
        (Gate("adherence", at_least=0.8), "gate[adherence][at_least:0.8]"),
        (
            Gate("constraint:max words", at_most=1.0, where={"temperature": (0.2, 1.0), "system": ("dense",)}),
            "gate[constraint:max-words][at_most:1][t:0.2][t:1.0][system:dense]",
        ),
        (
            Gate("adherence", no_worse_than=BASELINE, margin=0.05),
            "gate[adherence][no_worse_than:baseline][margin:0.05]",
        ),
        (
            Gate("adherence", no_worse_than={"system": "none", "provider": "other"}, where={"system": (None,)}),
            "gate[adherence][no_worse_than:system:none][no_worse_than:provider:other][system:null]",
        ),
    ],
    ids=["at least", "where", "baseline", "another condition"],
)
def test_a_gate_is_named_by_what_it_demands(gate: Gate, name: str) -> None:
    """Of what, how much, and where."""
    assert names_of([], AXES).gate(gate) == name


def test_texts_are_written_with_dashes() -> None:
    """Brackets and double colons would end the value, or the name of the file."""
    assert safe(" Be brief, please! ") == "Be-brief-please"
    assert safe("a::b[c]") == "a-b-c"
    assert safe("?") == "-"
    assert len(safe("word " * 100)) == LONGEST


def test_texts_that_would_look_alike_get_a_lasting_suffix() -> None:
    """It comes from the value, not from where it stands; a value that is safe by itself keeps its own text."""
    written = written_values(["be brief", "be: brief", "be; brief", "be-brief"])
    assert written["be-brief"] == "be-brief"
    assert written["be: brief"] == "be:-brief"
    assert re.fullmatch(r"be-brief-[0-9a-f]{6}", written["be brief"])
    assert written == written_values(["be-brief", "be; brief", "be: brief", "be brief"])


def test_null_and_the_text_null_stay_apart() -> None:
    """They are two values."""
    assert len(set(written_values([None, "null"]).values())) == 2


@given(st.lists(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.tuples(st.text())), unique=True))
def test_any_values_are_safe_and_stay_apart(values: list[AxisValue]) -> None:
    """Whatever a template variable may hold."""
    written = written_values(values)
    assert all(ALLOWED.fullmatch(text) and "::" not in text for text in written.values())
    assert len(set(written.values())) == len(written)


def test_names_that_occur_again_are_numbered() -> None:
    """The first keeps its name."""
    assert distinct(["a", "b", "a", "a[2]", "a"]) == ["a", "b", "a[2]", "a[2][2]", "a[3]"]
