"""Templates are tried before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader


def test_every_value_of_an_axis_is_tried(loader: Loader) -> None:
    """A template that fails for one value only is found."""
    text = BASE.replace("axes:\n", "axes:\n  count: [1, 0]\n").replace("{{ name }}", "{{ 6 // count }}")
    with pytest.raises(SuiteError, match="template cannot be rendered"):
        loader(text)


def test_every_case_is_tried_with_the_systems(loader: Loader) -> None:
    """A variable of a system prompt must be there in each case."""
    text = BASE.replace("Be brief.", "Be brief, {{ name }}.") + "  - {id: b, prompt: x}\n"
    with pytest.raises(SuiteError, match="9:10: template uses `name`"):
        loader(text)


def test_refresh_knows_system_and_message(loader: Loader) -> None:
    """The template around a restated prompt has two variables of its own."""
    loader(BASE + "refresh: '{{ system }} / {{ message }} / {{ name }}'\n")
    with pytest.raises(SuiteError, match="template uses `sytem`"):
        loader(BASE + "refresh: '{{ sytem }}'\n")


def test_rules_and_filler_are_templates(loader: Loader) -> None:
    """An axis may act in a rule alone."""
    text = BASE.replace("axes:\n", "axes:\n  limit: [5, 9]\n")
    text = text.replace("Be brief.", "{rules: ['At most {{ limit }} words.'], filler: [Have fun.]}")
    assert loader(text).axes["limit"] == (5, 9)
