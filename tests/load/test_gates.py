"""Gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.findings import LEVELS
from tests.load.conftest import BASE, changed

if TYPE_CHECKING:
    from tests.load.conftest import Loader


@pytest.mark.parametrize(
    ("gate", "message", "hint"),
    [
        pytest.param("{measure: adherance, at_least: 1}", "no measure `adherance`", "adherence", id="measure"),
        pytest.param("{measure: adherence}", "a gate must demand something", "at_least", id="no demand"),
        pytest.param("{measure: adherence, between: [1, 0]}", "between must be", None, id="backwards"),
        pytest.param("{measure: adherence, between: [0, 1], at_least: 0}", "between stands for", None, id="both"),
        pytest.param("{measure: adherence, at_least: 1, margin: 0.1}", "margin goes with", None, id="margin alone"),
        pytest.param(
            "{measure: adherence, no_worse_than: baseline, margin: -1}", "margin must be at least 0", None, id="margin"
        ),
        pytest.param(
            "{measure: adherence, at_least: 1, where: {sytem: dense}}", "no axis `sytem`", "system", id="axis"
        ),
        pytest.param(
            "{measure: adherence, at_least: 1, where: {system: fluffy}}", "no value fluffy", "dense", id="value"
        ),
        pytest.param("{measure: adherence, at_least: 1, where: {system: []}}", "chooses no value", None, id="nothing"),
        pytest.param("{measure: adherence, at_least: 80}", "lies between 0 and 1, got 80", "0.8", id="percentage"),
        pytest.param("{measure: adherence, between: [0, 2]}", "lies between 0 and 1, got 2", "0.8", id="end"),
        pytest.param(
            "{measure: adherence, at_least: 0.8, at_most: 0.2}", "at_most 0.2 lies below", "no value", id="crossed"
        ),
        pytest.param("{measure: adherence, at_least: a}", "at_least must be a number", "0.5", id="no number"),
        pytest.param("{measure: adherence, at_least: 1, where: {system: {a: b}}}", "a mapping", "dense", id="mapping"),
        pytest.param("{measure: adherence, at_least: 1, where: {system: [[{a: b}]]}}", "a list", "dense", id="list"),
        pytest.param(
            "{measure: adherence, at_least: 1, where: {temperature: true}}", "no value true", "1.0", id="true for 1"
        ),
        pytest.param("adherence", "each entry of gates must be a mapping", "key: value", id="a text"),
        pytest.param("{measure: adherence, atleast: 1}", "unknown key `atleast`", "at_least", id="key"),
    ],
)
def test_refused(loader: Loader, gate: str, message: str, hint: str | None) -> None:
    """A gate that demands nothing, or names what is not there, is refused where it stands."""
    with pytest.raises(SuiteError) as caught:
        loader(BASE + f"gates: [{gate}]\n")
    assert message in str(caught.value)
    assert str(caught.value).startswith("suites/x.yaml:16:")
    if hint:
        assert hint in str(caught.value.hint)


def test_numbers_in_where_compare_as_numbers(loader: Loader) -> None:
    """`1` selects the temperature 1.0."""
    suite = loader(BASE + "gates: [{measure: adherence, at_most: 1, where: {temperature: 1}}]\n")
    assert suite.gates[0].where == {"temperature": (1,)}
    assert suite.gates[0].name == "adherence at most 1 where temperature 1"


@pytest.mark.parametrize("chosen", ["END", "[END]", "[[END]]"], ids=["text", "list of values", "value as a list"])
def test_stop_in_where_is_a_text_or_a_list(loader: Loader, chosen: str) -> None:
    """The values of `stop` are chosen as they are written under `axes`."""
    text = BASE.replace("axes:\n", "axes:\n  stop: [END, [A, B]]\n")
    suite = loader(text + f"gates: [{{measure: adherence, at_least: 0.5, where: {{stop: {chosen}}}}}]\n")
    assert suite.gates[0].where == {"stop": (("END",),)}


def test_gate_on_nothing_is_refused(loader: Loader) -> None:
    """Without constraints adherence is never known, so that the gate could never be decided."""
    text = BASE.replace("    constraints:\n      - max_words: 8\n", "")
    assert loader.refusal(text + "gates: [{measure: adherence, at_least: 0.5}]\n") == (
        "14:19: adherence is the share of constraints that are met, and no case or system prompt has any",
        "add `constraints`",
    )


@pytest.mark.parametrize("measure", LEVELS)
def test_every_level_of_adherence_may_be_demanded(loader: Loader, measure: str) -> None:
    """As a share: a percentage is refused."""
    demanding = changed("dense: Be brief.", "dense: {text: Be brief., constraints: [max_words: 5]}")
    (gate,) = loader(demanding + f"gates: [{{measure: {measure}, at_least: 0.8}}]\n").gates
    assert (gate.measure, gate.at_least) == (measure, 0.8)
    with pytest.raises(SuiteError, match="lies between 0 and 1, got 80"):
        loader(BASE + f"gates: [{{measure: {measure}, at_least: 80}}]\n")
