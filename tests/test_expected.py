"""What a suite expects to fail."""

from __future__ import annotations

import pytest

from evalkit.expected import ExpectedFailure
from evalkit.types import Condition

HOT = Condition((("temperature", 1.0), ("system", "dense")))


@pytest.mark.parametrize(
    ("expected", "covered"),
    [
        (ExpectedFailure(), True),
        (ExpectedFailure(where={"temperature": (0.0, 1.0)}), True),
        (ExpectedFailure(where={"temperature": (0.0,)}), False),
        (ExpectedFailure(providers=("script",), cases=("one", "two")), True),
        (ExpectedFailure(providers=("other",)), False),
        (ExpectedFailure(cases=("two",)), False),
        (ExpectedFailure(where={"system": ("dense",)}, providers=("script",), cases=("two",)), False),
    ],
    ids=["all", "axis", "other value", "named", "other provider", "other case", "one of three does not fit"],
)
def test_an_expected_failure_covers_what_all_its_parts_select(expected: ExpectedFailure, covered: bool) -> None:
    """A part that says nothing selects everything."""
    assert expected.covers("script", HOT, "one") is covered
