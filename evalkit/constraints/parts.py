"""Divides a text into parts: sections, paragraphs, lines, list items, code blocks, values of a JSON document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.constraints.json_text import NotJsonError, UnknownJsonError, places, read_json, steps_of
from evalkit.constraints.markdown import read
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.constraints.markdown import Block, Document

PartKind: TypeAlias = Literal["section", "paragraph", "line", "list_item", "code_block", "json"]

_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
_MARKER = re.compile(r"[-+*]|\d+[.)]")
_BREAK = re.compile(r"\r\n|\n|\r")


class NoPartsError(ValueError):
    """A text cannot be divided.

    `undecided` is True when that is because the text is beyond what is read; False when it is a fact about the text
    (it is not JSON).
    """

    def __init__(self, reason: str, *, undecided: bool) -> None:
        super().__init__(reason)
        self.undecided = undecided


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a text stand.

    Attributes:
        spans: In the text's order. They do not overlap, except for values that a JSON document nests.
        settled: How many of them, from the first, stand exactly there however the text goes on. What remains, and
            parts yet to come, are open when the text was cut off.
    """

    spans: tuple[Span, ...]
    settled: int


def parts_of(text: str, kind: PartKind, *, level: int | None = None, pointer: str = "", fence: bool = True) -> Parts:
    """Divide `text` into its parts of one kind.

    A `section` is what stands below a Markdown heading that stands by itself, down to the next one; with `level`, below
    a heading of that level, down to the next of that level or above it. What stands before the first is no section. A
    `paragraph` is what stands between blank lines, a `line` what stands between line breaks and is not blank. A
    `list_item` is what an item of a Markdown list says, without its mark and without the lists inside it, which have
    items of their own (what follows such a list in the same item is left out). A `code_block` is what stands between
    two fences, or is indented as code. White space at both ends is left out, except in code; a section or an item may
    be empty.

    Args:
        text: The text.
        kind: What to divide it into.
        level: Of the headings that begin a section, 1 to 6; None for every heading. Only for `section`.
        pointer: JSON Pointer (RFC 6901) to the values, where a step `*` stands for each element or member (so a
            member of that name cannot be had alone). A text's span includes its quotation marks. Only for `json`.
        fence: Whether a code fence may stand around the JSON document. Only for `json`.

    Raises:
        NoPartsError: The text is not JSON, or beyond what is read.
        ValueError: `pointer` is not one.
    """
    if kind == "json":
        return _json(text, pointer, fence=fence)
    if kind == "line":
        spans = tuple(Span(*match.span()) for match in _LINE.finditer(text))
        ended = max(text.rfind("\n"), text.rfind("\r"))
        return Parts(spans, sum(span.end <= ended for span in spans))
    if kind == "paragraph":
        return _paragraphs(text)
    document = _document(text)
    if kind == "section":
        return _sections(text, document, level)
    wanted = "item" if kind == "list_item" else "code"
    blocks = [block for block in document.blocks if block.kind == wanted]
    if kind == "code_block":
        return Parts(tuple(_code(text, block) for block in blocks), _leading(block.closed for block in blocks))
    return _items(text, document.blocks)


def _json(text: str, pointer: str, *, fence: bool) -> Parts:
    steps = steps_of(pointer)
    try:
        found = tuple(places(text, read_json(text, fence=fence), steps, wildcard=True))
    except NotJsonError as error:
        raise NoPartsError(str(error), undecided=False) from error
    except UnknownJsonError as error:
        raise NoPartsError(str(error), undecided=True) from error
    except RecursionError as error:
        raise NoPartsError("nested more deeply than the parser can follow", undecided=True) from error
    return Parts(found, 0)  # more text would make it something else than JSON


def _document(text: str) -> Document:
    document = read(text)
    if document.unread is not None:
        raise NoPartsError(document.unread, undecided=True)
    return document


def _paragraphs(text: str) -> Parts:
    """Gather lines that are not blank; a paragraph is settled once a blank line after it has ended."""
    spans: list[Span] = []
    settled = 0
    at, start, end = 0, -1, -1
    for line_end, after in _line_ends(text):
        line = _trimmed(text, at, line_end)
        if line.start < line.end:
            start = line.start if start < 0 else start
            end = line.end
        elif start >= 0:
            spans.append(Span(start, end))
            settled += after > line_end
            start = -1
        at = after
    if start >= 0:
        spans.append(Span(start, end))
    return Parts(tuple(spans), settled)


def _line_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line ends, and where the next begins."""
    for match in _BREAK.finditer(text):
        yield match.span()
    yield len(text), len(text)


def _sections(text: str, document: Document, level: int | None) -> Parts:
    headings = [block for block in document.blocks if block.kind == "heading" and block.depth == 0]
    if level is not None:
        headings = [heading for heading in headings if heading.level <= level]
    spans: list[Span] = []
    stays: list[bool] = []
    for heading, following in zip_longest(headings, headings[1:]):
        if level is None or heading.level == level:
            end = len(text) if following is None else following.span.start
            spans.append(_trimmed(text, heading.span.end, end))
            stays.append(heading.stays and following is not None and following.stays)
    return Parts(tuple(spans), _leading(stays))


def _items(text: str, blocks: Sequence[Block]) -> Parts:
    """Find the items' own texts: up to the first list that stands inside."""
    spans: list[Span] = []
    stays: list[bool] = []
    for index, block in enumerate(blocks):
        if block.kind != "item":
            continue
        end, closed = block.span.end, block.closed
        for after in range(index + 1, len(blocks)):
            inner = blocks[after]
            if inner.depth <= block.depth:
                break
            if inner.kind in ("bullets", "numbers"):
                end, closed = _end_before(text, block, inner), inner.stays
                break
        spans.append(_trimmed(text, _past_marker(text, block), end))
        stays.append(closed)
    return Parts(tuple(spans), _leading(stays))


def _end_before(text: str, item: Block, inner: Block) -> int:
    """Return the end of what an item says before a list inside it, lines with marks of quotes alone left out."""
    if inner.first == item.first:
        return inner.span.start
    end = inner.span.start
    while True:
        end = max(text.rfind("\n", item.span.start, end), text.rfind("\r", item.span.start, end))
        line = max(text.rfind("\n", item.span.start, end), text.rfind("\r", item.span.start, end)) + 1
        if line == 0 or text[line:end].strip(" \t>\r"):
            return end


def _past_marker(text: str, block: Block) -> int:
    match = _MARKER.match(text, block.span.start)
    return block.span.start if match is None else min(match.end(), block.span.end)


def _code(text: str, block: Block) -> Span:
    """Return the lines between the fences, or all of them where there are none."""
    if not block.fenced:
        return block.span
    breaks = list(_BREAK.finditer(text, block.span.start, block.span.end))
    if not breaks:
        return Span(block.span.end, block.span.end)
    lines = block.content.count("\n")
    start = breaks[0].end()
    if lines == 0:
        return Span(start, start)
    end = breaks[lines].start() if lines < len(breaks) else block.span.end
    return Span(start, end)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return the range without the white space at its ends."""
    part = text[start:end]
    if part and not (part[0].isspace() or part[-1].isspace()):
        return Span(start, end)  # as most are, in a third of the time
    left = start + len(part) - len(part.lstrip())
    return Span(left, max(left, start + len(part.rstrip())))


def _leading(flags: Iterator[bool] | Sequence[bool]) -> int:
    """Return how many flags are set before the first that is not."""
    count = 0
    for flag in flags:
        if not flag:
            break
        count += 1
    return count
