"""The lists of phrases."""

from __future__ import annotations

import pytest

from evalkit.constraints import phrase_lists
from evalkit.constraints.phrases import book

LISTS = {name: value for name, value in vars(phrase_lists).items() if name.isupper() and isinstance(value, tuple)}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_phrase_is_well_formed(name: str) -> None:
    """Braces are closed, and no phrase can be empty, which would stand everywhere."""
    for phrase in LISTS[name]:
        assert phrase.count("{") == phrase.count("}") > -1
        made = book((phrase,))
        assert made.following
        assert not made.ends
