"""What the vendors' servers read and write: documents, files of one document a line, and forms."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from vendors.asked import RefusedError, one_object
from vendors.faults import JSON
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vendors.asked import Body
    from vendors.http import HttpRequest


def document(content: bytes) -> Body | None:
    """Read a document, an object; None for what is not JSON."""
    try:
        return one_object(json.loads(content))
    except ValueError:
        return None


def json_answer(plain: Any, headers: Mapping[str, str] | None = None) -> HttpAnswer:
    """Write a document."""
    return HttpAnswer(200, json.dumps(plain).encode(), {**JSON, **(headers or {})})


def lines_answer(lines: list[Any]) -> HttpAnswer:
    """Write a file of one document a line."""
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return HttpAnswer(200, content, {"content-type": "application/x-jsonl"})


def form(request: HttpRequest) -> dict[str, bytes]:
    """Read a form: each field's name with its content."""
    found = re.search(r'boundary="?([^";]+)', request.headers.get("content-type", ""))
    if found is None:
        raise RefusedError("the body is no form")
    fields: dict[str, bytes] = {}
    for part in request.content.split(b"--" + found[1].encode())[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        if name is not None:
            fields[name[1].decode()] = content
    return fields
