"""Axes beyond what the table of refusals shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.load.axes import reserved
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader


def test_single_value_is_a_list_of_one(loader: Loader) -> None:
    """A fixed value may stand without brackets."""
    assert loader(BASE.replace("[none, dense]", "dense")).axes["system"] == ("dense",)


def test_stop_axis_takes_lists_as_values(loader: Loader) -> None:
    """Each value of `stop` is one text or a list of them."""
    suite = loader(BASE.replace("axes:\n", "axes:\n  stop: [END, [A, B]]\n"))
    assert suite.axes["stop"] == (("END",), ("A", "B"))


@pytest.mark.parametrize("values", ["[1, true]", "[1, 1.0]", "[a, a]"])
def test_values_that_are_equal_are_one_value(loader: Loader, values: str) -> None:
    """Two values that compare equal would be one condition under two names."""
    text = BASE.replace("axes:\n", f"axes:\n  flag: {values}\n").replace("Hello", "Hello {{ flag }}")
    with pytest.raises(SuiteError, match=r"axis `flag` has the value .* twice"):
        loader(text)


@pytest.mark.parametrize(
    ("axis", "known"),
    [pytest.param("turns", True, id="own meaning"), pytest.param("top_k", True, id="setting"), ("tone", False)],
)
def test_reserved(axis: str, *, known: bool) -> None:
    """Axes with a meaning of their own need no template."""
    assert reserved(axis) is known
