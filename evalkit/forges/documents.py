"""Reads what stands in documents that come from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalkit.errors import ForgeError

if TYPE_CHECKING:
    from evalkit.types import Json


def maybe(document: Json, *names: str) -> Json:
    """Return what stands in a document under names, outermost first; None where there is nothing.

    >>> maybe({"user": {"login": "mona"}}, "user", "login")
    'mona'
    """
    found = document
    for name in names:
        found = cast("dict[str, Json]", found).get(name) if isinstance(found, dict) else None
    return found


def part(document: Json, *names: str) -> Json:
    """Return what stands in a document under names, outermost first.

    Raises:
        ForgeError: There is nothing there, so that this is not the API that it should be.
    """
    found = maybe(document, *names)
    if found is None:
        raise ForgeError(
            f"the forge's answer lacks `{'.'.join(names)}`",
            hint="is the address that of the API, and this version of evalkit recent?",
        )
    return found
