"""Bodies that a forge accepts whatever goes into them, and the marks by which evalkit knows its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.types import Json

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)
_LASTING = re.compile(r" {0,3}<(!|\?|script|pre|style|textarea)", re.IGNORECASE)
"""What begins a block of HTML that no empty line ends."""
_QUICK = re.compile(r"^([^\S\n]*)/", re.MULTILINE)
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

    What a cut would leave open, a block of code or folded details, is closed before the notice. No cut is inside a
    block of HTML, which could be a comment.
    """
    if size(text) <= most_bytes:
        return text
    room = most_bytes - size(notice) - 2
    lines: list[str] = []
    taken = [0]
    for line in _LINES.findall(text):
        if taken[-1] + size(line) > room:
            break
        lines.append(line)
        taken.append(taken[-1] + size(line))
    for number, ends in reversed(_cuts(lines)):
        if taken[number] + size(ends) <= room:
            return f"{''.join(lines[:number])}{ends}\n{notice}\n"
    return f"{notice}\n"


def _cuts(lines: list[str]) -> list[tuple[int, str]]:
    """Return how many lines may be kept, with what then closes all that is open.

    A block of code within a list or a quotation ends with that, so it needs no closing.
    """
    from markdown_it import MarkdownIt

    fences, code, whole = [""] * len(lines), [False] * len(lines), [True] * len(lines)
    parser = MarkdownIt()
    parser.core.ruler.enableOnly(["normalize", "block"])  # what stands within a line is no matter, and takes long
    for token in parser.parse("".join(lines)):
        begin, end = token.map or (0, 0)
        end = min(end, len(lines))
        if token.type in ("fence", "code_block"):
            code[begin:end] = [True] * (end - begin)
        if token.type == "fence" and token.level == 0:
            fences[begin:end] = [token.markup] * (end - begin)
            last = lines[end - 1].strip()
            if end - begin > 1 and len(last) >= len(token.markup) and not last.strip(token.markup[0]):
                fences[end - 1] = ""
        if token.type == "html_block":
            ended = end < len(lines) or not _LASTING.match(lines[begin]) or "-->" in lines[end - 1]
            inside = end - 1 if ended else end
            whole[begin:inside] = [False] * (inside - begin)
    cuts: list[tuple[int, str]] = []
    depth = 0
    for number, line in enumerate(lines):
        if not code[number]:
            depth = max(0, depth + sum(-1 if closing else 1 for closing in _DETAILS.findall(line)))
        if whole[number]:
            ends = f"{fences[number]}\n" if fences[number] else ""
            cuts.append((number + 1, ends + "\n</details>\n" * depth))
    return cuts


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
        share = max(room // (len(parts) - number), min(_LEAST_BYTES, room))
        if share < _LEAST_BYTES and share <= size(each):
            joined.append(f"{len(parts) - number} more are left out. {notice}\n")
            break
        joined.append(fit(each.strip("\n") + "\n", share - 1, notice))
        room -= size(joined[-1]) + 1
    return "\n".join(joined)


def without_quick_actions(body: str) -> str:
    """Return a body in which GitLab finds no command: no line begins with `/`.

    In front of it stands a word joiner, which shows neither in text nor in code; what is code to GitLab and what is not
    need not be known then.
    """
    return _QUICK.sub("\\1\u2060/", body)
