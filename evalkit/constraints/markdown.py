"""Reads the structure of a Markdown text: which blocks it is made of, and where they stand.

The parser is markdown-it-py, which follows CommonMark; tables are GitHub's. It knows lines only, so the characters are
found here. It takes time in proportion to a text's length and to how deep its blocks are nested, both of which are
capped; see `LONGEST` and `DEEPEST`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.verdicts import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST = 100_000
"""The most characters that are read; the parser takes up to 9 microseconds for each on text made to be slow."""
DEEPEST = 50
"""How many levels of nesting are read; a list takes two for each of its levels."""

MOST_STEPS = 200_000
"""The most lines times levels of quotes that are read: every level looks at every line below it."""

Kind: TypeAlias = Literal["heading", "code", "quote", "bullets", "numbers", "item", "table", "rule"]

_KINDS: dict[str, Kind] = {
    "heading_open": "heading",
    "fence": "code",
    "code_block": "code",
    "blockquote_open": "quote",
    "bullet_list_open": "bullets",
    "ordered_list_open": "numbers",
    "list_item_open": "item",
    "table_open": "table",
    "hr": "rule",
}
_BREAK = re.compile(r"\r\n|\n|\r")
_BLANKS = re.compile(r"[ \t]*")
_QUOTE = re.compile(r"[ \t]*>")
_QUOTES = re.compile(r"(?:^|(?<=[\r\n]))[ \t>+*.)\d-]*>")
_MARKER = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a Markdown text.

    Attributes:
        kind: What it is.
        span: From its first character, the marks of what it stands in left out, to the end of its last line.
        first: Its first line, counted from 0.
        last: One past its last line.
        depth: In how many other blocks it stands.
        level: Of a heading, 1 to 6; 0 for others.
        info: What follows the opening fence of a code block.
        content: The source of a heading; the text of a code block.
        columns: The header cells of a table.
        rows: Rows of a table below its header.
        fenced: Whether a code block has fences.
        stays: Whether it is there however the text goes on.
        closed: Whether it is as it is however the text goes on.
    """

    kind: Kind
    span: Span
    first: int
    last: int
    depth: int
    level: int = 0
    info: str = ""
    content: str = ""
    columns: tuple[str, ...] = ()
    rows: int = 0
    fenced: bool = False
    stays: bool = True
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """What a text is made of.

    Attributes:
        blocks: In the order of their beginnings, a block before those that stand in it. Plain paragraphs and HTML are
            left out.
        unread: Why the text could not be read; None when it was.
    """

    blocks: tuple[Block, ...]
    unread: str | None = None


@lru_cache(maxsize=8)  # the eight variants of one text, which several constraints look at in turn
def read(text: str) -> Document:
    """Read `text`."""
    if len(text) > LONGEST:
        return Document((), f"Markdown is read as far as {LONGEST:,} characters; here are {len(text):,}")
    levels = max((match.group().count(">") for match in _QUOTES.finditer(text)), default=0)
    if levels * (text.count("\n") + text.count("\r")) > MOST_STEPS:
        return Document((), f"quotes are nested {levels:,} deep in a long text")
    return _Reader(text).document()


@dataclass(slots=True)
class _Reader:
    """Turns the parser's tokens into blocks."""

    text: str
    starts: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])
    within: list[Token] = field(default_factory=list["Token"])
    cursors: dict[int, int] = field(default_factory=dict[int, int])

    def document(self) -> Document:
        """Parse the text."""
        offset = 1 if self.text.startswith("\ufeff") else 0
        self.starts = [offset]
        for match in _BREAK.finditer(self.text):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(self.text))
        tokens = _parser().parse(self.text[offset:])
        latest = max((token.map[0] for token in tokens if token.map and self._complete(token.map[0])), default=-1)
        blocks: list[Block] = []
        for index, token in enumerate(tokens):
            kind = _KINDS.get(token.type)
            if kind is not None:
                blocks.append(self._block(kind, tokens, index, latest))
            if token.type in ("blockquote_open", "list_item_open"):
                self.within.append(token)
            elif token.type in ("blockquote_close", "list_item_close"):
                self.within.pop()
        if any(token.nesting == 1 and token.level >= DEEPEST - 1 for token in tokens):
            return Document((), f"blocks are nested {DEEPEST} deep or deeper")
        return Document(tuple(blocks))

    def _complete(self, line: int) -> bool:
        """Tell whether a line break ends the line."""
        return line < len(self.starts) - 1

    def _blank(self, line: int) -> bool:
        """Tell whether nothing stands in a line besides the marks of quotes."""
        return not self.text[self.starts[line] : self.ends[line]].strip(" \t>")

    def _block(self, kind: Kind, tokens: list[Token], index: int, latest: int) -> Block:
        token = tokens[index]
        assert token.map is not None
        first, last = token.map
        last = max(last, first + 1)
        if kind in ("bullets", "numbers", "item"):
            while last > first + 1 and self._blank(last - 1):
                last -= 1
        start = self._start(token, first)
        end = max(start, self.ends[min(last, len(self.ends)) - 1])
        inner = token.content
        if kind == "heading":
            inner = tokens[index + 1].content
        columns, rows = _cells(tokens, index) if kind == "table" else ((), 0)
        stays = self._stays(kind, token)
        fence_closed = token.type == "fence" and token.content.count("\n") == last - first - 2
        closed = stays and (
            kind in ("heading", "rule") or last <= latest or (fence_closed and self._complete(last - 1))
        )
        return Block(
            kind=kind,
            span=Span(start, end),
            first=first,
            last=last,
            depth=token.level,
            level=int(token.tag[1:]) if kind == "heading" else 0,
            info=token.info if kind == "code" else "",
            content=inner,
            columns=columns,
            rows=rows,
            fenced=token.type == "fence",
            stays=stays,
            closed=closed,
        )

    def _stays(self, kind: Kind, token: Token) -> bool:
        assert token.map is not None
        first, last = token.map
        if kind == "table":
            return self._complete(first + 1)
        if kind == "heading" and token.markup in ("=", "-"):
            # As long as the paragraph goes on, the heading may yet turn out to be the title of a link's definition.
            return self._complete(last - 1) and _BLANK_LINE.search(self.text, self.ends[last - 1]) is not None
        return self._complete(first)

    def _start(self, token: Token, line: int) -> int:
        """Return where a block begins, and step over its own mark if it is a container."""
        if line not in self.cursors:
            cursor = self.starts[line]
            for container in self.within:
                if container.type == "blockquote_open" and (match := _QUOTE.match(self.text, cursor)):
                    cursor = match.end()
            self.cursors[line] = cursor
        cursor = self.cursors[line]
        mark = {"blockquote_open": _QUOTE, "list_item_open": _MARKER}.get(token.type)
        if mark is not None and (match := mark.match(self.text, cursor)):
            self.cursors[line] = match.end()
        blanks = _BLANKS.match(self.text, cursor)
        assert blanks is not None
        return min(blanks.end(), self.ends[line])


def _cells(tokens: list[Token], index: int) -> tuple[tuple[str, ...], int]:
    """Return the header cells of the table that opens at `index`, and how many rows follow them."""
    columns: list[str] = []
    rows = -1
    for at in range(index, len(tokens)):
        kind = tokens[at].type
        if kind == "table_close":
            break
        if kind == "th_open":
            columns.append(tokens[at + 1].content)
        elif kind == "tr_open":
            rows += 1
    return tuple(columns), rows


@cache
def _parser() -> MarkdownIt:
    """Return a parser of blocks; what stands inside a line is left alone."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only constraints on Markdown need it

    return MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").disable(["inline", "text_join"])
