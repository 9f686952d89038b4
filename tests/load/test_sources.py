"""Gates on adherence by source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from tests.load.conftest import BASE, changed

if TYPE_CHECKING:
    from tests.load.conftest import Loader

DEMANDING = changed("  dense: Be brief.", "  dense: {text: Be brief., constraints: [{max_words: 5}]}")
UNDEMANDING_CASES = DEMANDING.replace("    constraints:\n      - max_words: 8\n", "")


@pytest.mark.parametrize(
    ("suite", "gate", "message", "hint"),
    [
        (BASE, "measure: adherence_system", "no system prompt demands anything", "its `constraints`"),
        (
            DEMANDING,
            "measure: adherence_system, where: {system: none}",
            "no system prompt that `where` chooses demands anything",
            "its `constraints`",
        ),
        (BASE, "measure: adherence_case", "only where system prompts demand something", "gate on adherence"),
        (UNDEMANDING_CASES, "measure: adherence_case", "no case demands anything", "add `constraints`"),
    ],
    ids=["no system", "none chosen", "no source", "no case"],
)
def test_a_gate_on_a_source_that_demands_nothing_is_refused(
    loader: Loader, suite: str, gate: str, message: str, hint: str
) -> None:
    """Where it names the measure: its number would never be there."""
    text = f"{suite}gates: [{{{gate}, at_least: 0.8}}]\n"
    line = text.count("\n")
    with pytest.raises(SuiteError) as caught:
        loader(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"suites/x.yaml:{line}:19:")
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    "gate",
    ["measure: adherence_system", "measure: adherence_system, where: {system: dense}", "measure: adherence_case"],
)
def test_a_gate_on_a_source_that_demands_something_is_read(loader: Loader, gate: str) -> None:
    """One demanding system prompt among those that are looked at is enough."""
    assert len(loader(f"{DEMANDING}gates: [{{{gate}, at_least: 0.8}}]\n").gates) == 1
