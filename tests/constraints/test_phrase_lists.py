"""The lists of phrases."""

from __future__ import annotations

import pytest

from evalkit.constraints import phrase_lists
from evalkit.constraints.phrases import book

LISTS = {
    "flattery": phrase_lists.FLATTERY,
    "filler": phrase_lists.FILLER_OPENERS,
    "offers": phrase_lists.CLOSING_OFFERS,
    "hedges": phrase_lists.HEDGES,
    "apologies": phrase_lists.APOLOGIES,
    "disclaimers": phrase_lists.AI_DISCLAIMERS,
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_phrase_is_well_formed(name: str) -> None:
    """Braces are closed, and no phrase can be empty, which would stand everywhere."""
    for phrase in LISTS[name]:
        assert phrase.count("{") == phrase.count("}") > -1
        made = book((phrase,))
        assert made.following
        assert not made.ends
