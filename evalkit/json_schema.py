"""What the JSON Schemas of the documents that evalkit writes are put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.types import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Json = {"type": "string"}
MAYBE_TEXT: Json = {"type": ["string", "null"]}
NUMBER: Json = {"type": ["number", "null"]}
"""A number, or null where it is not known."""
COUNT: Json = {"type": "integer", "minimum": 0}


def object_schema(properties: dict[str, Json], *, optional: tuple[str, ...] = ()) -> dict[str, Json]:
    """Describe an object whose properties are required, but for those named; others may be added."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def document_schema(
    title: str, properties: dict[str, Json], definitions: dict[str, Json], *, optional: tuple[str, ...] = ()
) -> dict[str, Json]:
    """Describe a document that keeps its form, which `format` among its properties numbers.

    Args:
        title: What it is.
        properties: Of the outermost object.
        definitions: What `$ref` refers to.
        optional: Properties that earlier versions did not write.
    """
    return {
        "$schema": DIALECT,
        "title": title,
        "description": "null means not known. Fields may be added; none is changed without a new `format`.",
        **object_schema(properties, optional=optional),
        "$defs": definitions,
    }
