"""Bodies that a forge accepts whatever goes into them, and the marks by which evalkit knows its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.types import Json

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)
_QUICK = re.compile(r"^\s*/")
_LEAST_BYTES = 400
"""A part of which less than this fits is left out."""


def size(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text.encode("utf-8", "surrogatepass"))


def mark(kind: str, facts: Mapping[str, Json]) -> str:
    """Return a comment of HTML that nobody sees and that evalkit finds again.

    >>> mark("issue", {"run": 7})
    '<!-- evalkit:issue {"run": 7} -->'
    """
    document = json.dumps(dict(facts))
    for end in "<>-":  # in JSON these stand in texts alone, but for the minus of a number, of which there is none
        document = document.replace(end, f"\\u{ord(end):04x}")
    return f"<!-- evalkit:{kind} {document} -->"


def facts_of(kind: str, body: str) -> dict[str, Json] | None:
    """Return what a mark at the very beginning of a body says; None when there is none."""
    start = f"<!-- evalkit:{kind} "
    document, end, _ = body.removeprefix(start).partition(" -->")
    if not body.startswith(start) or not end:
        return None
    try:
        facts: Json = json.loads(document)
    except ValueError:
        return None
    return cast("dict[str, Json]", facts) if isinstance(facts, dict) else None


def fit(text: str, most_bytes: int, notice: str) -> str:
    """Return a text, or as many of its first lines as leave room for a notice.

    What a cut would leave open, a block of code or folded details, is closed before the notice.
    """
    if size(text) <= most_bytes:
        return text
    room = most_bytes - size(notice) - 2
    fence, details, taken = "", 0, 0
    kept, closed = 0, ""
    lines = _LINES.findall(text)
    for number, line in enumerate(lines, 1):
        taken += size(line)
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            fence = found[1]
        else:
            details = max(0, details + sum(-1 if closing else 1 for closing in _DETAILS.findall(line)))
        ends = ("" if line.endswith("\n") else "\n") + (f"{fence}\n" if fence else "") + "\n</details>\n" * details
        if taken > room:
            break
        if taken + size(ends) <= room:
            kept, closed = number, ends
    return f"{''.join(lines[:kept])}{closed}\n{notice}\n" if kept else f"{notice}\n"


def join(parts: Sequence[str], most_bytes: int, notice: str) -> str:
    """Return texts below one another, each cut to a fair share of the room where they do not fit together.

    Args:
        parts: The texts, the most important one first.
        most_bytes: The room.
        notice: What stands where something was cut.
    """
    joined: list[str] = []
    room = most_bytes - size(notice) - 64  # for the line below
    for number, each in enumerate(parts):
        share = room // (len(parts) - number)
        if share < min(_LEAST_BYTES, size(each)):
            joined.append(f"{len(parts) - number} more are left out. {notice}\n")
            break
        joined.append(fit(each.strip("\n") + "\n", share - 1, notice))
        room -= size(joined[-1]) + 1
    return "\n".join(joined)


def without_quick_actions(body: str) -> str:
    """Return a body in which GitLab finds no command: outside of code no line begins with `/`."""
    fence = ""
    lines: list[str] = []
    for line in _LINES.findall(body):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            fence = found[1]
        lines.append(line if fence or not _QUICK.match(line) else line.replace("/", "&#47;", 1))
    return "".join(lines)
