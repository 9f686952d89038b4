"""Shares of a text."""

from __future__ import annotations

import pytest

from evalkit.constraints.shares import Share, share_of, shown_share


def test_what_is_unknown_opens_the_share() -> None:
    """It counts for neither bound's other side."""
    assert share_of(1, 1, 2) == Share(0.25, 0.5)


@pytest.mark.parametrize(
    ("share", "shown"), [(Share(0, 0), "0 %"), (Share(0.001, 0.999), "1 to 99 %"), (Share(1, 1), "100 %")]
)
def test_all_and_none_are_shown_only_when_true(share: Share, shown: str) -> None:
    """A remainder is never rounded away."""
    assert shown_share(share) == shown
