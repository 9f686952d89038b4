"""What stands in documents that come from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError
from evalkit.forges.documents import maybe, part

if TYPE_CHECKING:
    from evalkit.types import Json


@pytest.mark.parametrize("document", [None, 3, [], "user", {}, {"user": None}, {"user": "mona"}, {"user": {"id": 1}}])
def test_what_is_not_there_is_none_or_an_error_that_names_it(document: Json) -> None:
    """Whatever came instead, nothing else is raised."""
    assert maybe(document, "user", "login") is None
    with pytest.raises(ForgeError, match=r"lacks `user\.login`"):
        part(document, "user", "login")


def test_falsy_values_are_values() -> None:
    """Zero, false and the empty text are there."""
    for value in (0, False, ""):
        assert part({"a": {"b": value}}, "a", "b") == value
