"""Axes beyond what the table of refusals shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


def test_one_and_true_are_two_values(loader: Loader) -> None:
    """Values of another kind are other values."""
    text = BASE.replace("axes:\n", "axes:\n  flag: [1, true]\n").replace("Hello", "Hello {{ flag }}")
    assert loader(text).axes["flag"] == (1, True)


@pytest.mark.parametrize(
    ("axis", "known"),
    [pytest.param("turns", True, id="own meaning"), pytest.param("top_k", True, id="setting"), ("tone", False)],
)
def test_reserved(axis: str, *, known: bool) -> None:
    """Axes with a meaning of their own need no template."""
    assert reserved(axis) is known
