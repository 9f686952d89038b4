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
        pytest.param("{measure: adherence, no_worse_than: baseline, margin: 5}", "below 1", "0.05", id="points"),
        pytest.param("{measure: adherence, no_worse_than: baseline, margin: 1}", "below 1", "0.05", id="whole range"),
        pytest.param("{measure: adherence, no_worse_than: last}", "the text `last`", "{temperature: 0.0}", id="other"),
        pytest.param("{measure: adherence, no_worse_than: {}}", "names no axis", "baseline", id="no axis"),
        pytest.param("{measure: adherence, no_worse_than: {sytem: none}}", "no axis `sytem`", "system", id="its axis"),
        pytest.param(
            "{measure: adherence, no_worse_than: {system: fluffy}}", "no value fluffy", "dense", id="its value"
        ),
        pytest.param("{measure: adherence, no_worse_than: {system: [dense]}}", "no value", "dense", id="two of them"),
        pytest.param(
            "{measure: adherence, no_worse_than: {system: none}}", "compared with itself", "[dense]", id="itself"
        ),
        pytest.param(
            "{measure: adherence, no_worse_than: {system: none}, where: {system: none}}",
            "the condition with system none is among those that are judged",
            "where: {system: [dense]}",
            id="itself alone",
        ),
        pytest.param(
            "{measure: adherence, no_worse_than: {provider: scirpt}}", "no provider `scirpt`", "script", id="provider"
        ),
        pytest.param("{measure: adherence, no_worse_than: {provider: script}}", "`script` alone", "two", id="only one"),
        pytest.param(
            "{measure: final_accuracy, no_worse_than: baseline}", "mean of four", "instruction_accuracy", id="final"
        ),
        pytest.param("{measure: 'constraint:max_word', at_least: 1}", "`max_word`", "max_words", id="constraint"),
        pytest.param("{measure: max_words, at_least: 1}", "no measure", "`constraint:max_words`", id="bare constraint"),
        pytest.param("{measure: adherence, at_least: 1, better: lower}", "better goes with", None, id="better alone"),
        pytest.param("{measure: adherence, at_least: 1, scope: all}", "scope must be", "suite", id="scope"),
        pytest.param("{measure: adherence, at_least: 1, alarm: always}", "alarm must be", "harm", id="alarm"),
        pytest.param(
            "{measure: adherence, no_worse_than: baseline, better: more}", "better must be", "higher", id="better"
        ),
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


def test_a_gate_holds_a_condition_against_another_one(loader: Loader) -> None:
    """The other one is named by the axis values that differ."""
    text = BASE + "gates: [{measure: adherence, no_worse_than: {system: none}, margin: 0.1, where: {system: dense}}]\n"
    (gate,) = loader(text).gates
    assert gate.no_worse_than == {"system": "none"}
    assert (gate.margin, gate.inference, gate.better, gate.alarm) == (0.1, "population", "higher", "harm")
    assert gate.name == "adherence no worse than system none by 0.1 where system dense"


def test_a_gate_holds_a_provider_against_another_one(loader: Loader) -> None:
    """`provider` stands among the axes, unless the suite has an axis of that name."""
    text = BASE.replace("[script]", "[script, other]")
    (gate,) = loader(text + "gates: [{measure: adherence, no_worse_than: {provider: other}}]\n").gates
    assert gate.no_worse_than == {"provider": "other"}


def test_a_gate_on_one_constraint(loader: Loader) -> None:
    """It is named as reports name it, those of system prompts included."""
    text = BASE.replace("dense: Be brief.", "dense: {text: Be brief., constraints: [{not: {contains_any: [sure]}}]}")
    gates = (
        "gates: [{measure: 'constraint:not contains_any', no_worse_than: baseline, alarm: unproven, scope: suite}]\n"
    )
    (gate,) = loader(text + gates).gates
    assert (gate.measure, gate.alarm, gate.scope) == ("constraint:not contains_any", "unproven", "suite")


VALUES = BASE + "measures: [edit_similarity, length_dispersion]\n"


@pytest.mark.parametrize(
    ("gate", "message", "hint"),
    [
        ("{measure: edit_similarity, no_worse_than: baseline}", "better when it is higher or lower", "better: lower"),
        (
            "{measure: edit_similarity, no_worse_than: baseline, better: higher, scope: suite}",
            "one number for all draws of a case",
            "scope: population",
        ),
        ("{measure: edit_similarity, at_least: 0.2, scope: suite}", "one number for all draws", "scope: population"),
        ("{measure: edit_similarity, no_worse_than: baseline, better: lower, margin: 2}", "below 1", "0.05"),
    ],
    ids=["better", "suite", "threshold in suite", "margin"],
)
def test_measures_with_one_number_a_case_are_refused(loader: Loader, gate: str, message: str, hint: str) -> None:
    """What cannot be known or tested of them is said where it stands."""
    with pytest.raises(SuiteError, match=r"suites/x\.yaml:17:") as caught:
        loader(VALUES + f"gates: [{gate}]\n")
    assert message in str(caught.value)
    assert hint in str(caught.value.hint)


def test_measures_with_one_number_a_case_speak_of_cases_like_these(loader: Loader) -> None:
    """Against a baseline, too, where scores would speak of these very cases."""
    gate = "{measure: length_dispersion_normalised, no_worse_than: baseline, better: lower, margin: 40}"
    (judged,) = loader(VALUES + f"gates: [{gate}]\n").gates
    assert (judged.inference, judged.better, judged.margin) == ("population", "lower", 40)


def test_thresholds_and_comparison_may_stand_in_one_gate(loader: Loader) -> None:
    """`between` is no exception."""
    text = BASE + "gates: [{measure: adherence, between: [0.5, 1], no_worse_than: baseline, on: estimate}]\n"
    (gate,) = loader(text).gates
    assert (gate.at_least, gate.at_most, gate.no_worse_than, gate.on) == (0.5, 1, "baseline", "estimate")
