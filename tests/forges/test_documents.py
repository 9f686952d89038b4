"""Reading documents from elsewhere."""

from __future__ import annotations

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.documents import maybe, part


def test_what_stands_there_is_returned() -> None:
    """At any depth."""
    assert part({"head": {"repo": {"full_name": "acme/prompts"}}}, "head", "repo", "full_name") == "acme/prompts"


@pytest.mark.parametrize("document", [None, [], "text", {}, {"head": None}, {"head": {"repo": 3}}])
def test_what_is_not_there_is_none_or_an_error(document: object) -> None:
    """Whatever stands there in its place."""
    assert maybe(document, "head", "repo", "full_name") is None
    with pytest.raises(ForgeError, match=r"lacks `head\.repo\.full_name`"):
        part(document, "head", "repo", "full_name")
