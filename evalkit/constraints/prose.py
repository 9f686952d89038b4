"""Tells a text's own prose from the code, links and quotations in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})([^\n]*)")
_BLOCK_QUOTE = re.compile(r"(?m)^[ ]{0,3}>[^\n]*")
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_TICKS = re.compile("`+")
_MARK = re.compile('`+|["“”„«»「」『』]')
_CLOSERS = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』"}
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+|(?<=\]\()[^\s()]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
)
_BEFORE_QUOTE = frozenset(" \t\n\r([{—–-*_>:")  # noqa: RUF001 - dashes stand before quotations


def prose(text: str, *, quotations: bool, links: bool = True, cautious: bool = False) -> str:
    """Return `text` with what is not prose replaced by blanks, so that every place stays where it is.

    Code is what stands in fences, to the end of the text where a fence is not closed, and between back-ticks in a
    paragraph. A quotation stands in a paragraph between double quotation marks of any language, or in lines that begin
    with `>`; single quotation marks are apostrophes as often as not, and so count for nothing.

    Args:
        text: What is read.
        quotations: False replaces them too.
        links: False replaces addresses of pages and people too.
        cautious: True takes a back-tick or quotation mark of the last paragraph that nothing closes for one that will
            be closed, so that what is left is prose however the text goes on.
    """
    left: list[str] = []
    blocks = list(_blocks(text))
    # A fence that has just begun is none if a back-tick follows on its line.
    open_from = len(blocks) - 1 if "\n" in blocks[-1][0] or not blocks[-1][1] else len(blocks) - 2
    for number, (block, fenced) in enumerate(blocks):
        if fenced:
            left.append(_blank(block))
            continue
        if not quotations:
            block = _BLOCK_QUOTE.sub(lambda match: _blank(match.group()), block)  # noqa: PLW2901 - the same block, with less in it
        if (_TICKS if quotations else _MARK).search(block) is None:
            left.append(block)
            continue
        start = 0
        for gap in _PARAGRAPH.finditer(block):
            left += (_unmarked(block[start : gap.start()], quotations=quotations, cautious=False), gap.group())
            start = gap.end()
        last = cautious and number >= open_from
        left.append(_unmarked(block[start:], quotations=quotations, cautious=last))
    rest = "".join(left)
    return rest if links else _LINK.sub(lambda match: _blank(match.group()), rest)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces, and whether each is a fenced block."""
    if "```" not in text and "~~~" not in text:
        yield text, False
        return
    kept: list[str] = []
    fence: str | None = None
    for line in re.split(r"(?<=\n)", text):
        match = _FENCE.match(line)
        if fence is None and match is not None and not (match[1][0] == "`" and "`" in match[2]):
            yield "".join(kept), False
            kept, fence = [line], match[1]
        elif fence is not None and match is not None and match[1].startswith(fence) and not match[2].strip():
            yield "".join([*kept, line]), True
            kept, fence = [], None
        else:
            kept.append(line)
    yield "".join(kept), fence is not None


def _unmarked(paragraph: str, *, quotations: bool, cautious: bool) -> str:
    """Blank what stands between back-ticks, and between quotation marks where those are unwanted."""
    marks = [(match.group(), match.start()) for match in (_TICKS if quotations else _MARK).finditer(paragraph)]
    if not marks:
        return paragraph
    places: dict[str, list[int]] = {}
    for number, (mark, _) in enumerate(marks):
        places.setdefault(mark, []).append(number)
    parts: list[str] = []
    done = number = 0
    while number < len(marks):
        mark, start = marks[number]
        closer = mark if mark[0] == "`" else _closer(paragraph, mark, start, quotations=quotations)
        if closer is not None:
            later = places.get(closer, [])
            at = bisect_right(later, number)
            if at == len(later) and cautious:
                return "".join(parts) + paragraph[done:start] + _blank(paragraph[start:])
            if at < len(later):
                end = marks[later[at]][1] + len(closer)
                parts += (paragraph[done:start], _blank(paragraph[start:end]))
                done, number = end, later[at]
        number += 1
    return "".join(parts) + paragraph[done:]


def _closer(paragraph: str, mark: str, start: int, *, quotations: bool) -> str | None:
    """Return what closes the quotation that `mark` opens; None when it opens none."""
    if quotations or mark not in _CLOSERS:
        return None
    if mark == '"' and start > 0 and paragraph[start - 1] not in _BEFORE_QUOTE:
        return None  # as in 5" of snow
    return _CLOSERS[mark]
