"""Gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from tests.load.conftest import BASE

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
