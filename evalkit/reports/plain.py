"""Writes plain data as JSON that every parser takes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from evalkit.types import Json


def write_json(value: Json, stream: TextIO, *, indent: int | None = None) -> None:
    """Write a value and a line end.

    Tuples become lists, and a number that is not finite becomes null, because JSON has no word for it. Half a surrogate
    pair becomes U+FFFD. Where the stream's encoding may lack a character, all text is escaped.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    ascii_only = not encoding.lower().startswith("utf")
    stream.write(json.dumps(plain(value), indent=indent, ensure_ascii=ascii_only, allow_nan=False) + "\n")


def plain(value: Json) -> Json:
    """Return a value as JSON can hold it: see `write_json`."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {plain(name): plain(each) for name, each in cast("dict[str, Json]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in cast("list[Json]", value)]
    return value
