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

LONGEST = 75_000
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
class Inline:
    """A stretch of text that emphasis, code and links may stand in: of a paragraph, a heading or a table's cell.

    Attributes:
        content: Its source, without the marks of what it stands in.
        origins: Where in the text each of its lines begins.
        closed: Whether it is as it is however the text goes on.
    """

    content: str
    origins: tuple[int, ...]
    closed: bool

    def place(self, at: int) -> int:
        """Return where in the text a character of the content stands."""
        line = self.content.count("\n", 0, at)
        return self.origins[line] + at - (self.content.rfind("\n", 0, at) + 1)


@dataclass(frozen=True, slots=True)
class Document:
    """What a text is made of.

    Attributes:
        blocks: In the order of their beginnings, a block before those that stand in it. Plain paragraphs and HTML are
            left out.
        inlines: What stands inside paragraphs, headings and cells, in order.
        unread: Why the text could not be read; None when it was.
    """

    blocks: tuple[Block, ...]
    inlines: tuple[Inline, ...] = ()
    unread: str | None = None


@lru_cache(maxsize=8)  # the eight variants of one text, which several constraints look at in turn
def read(text: str) -> Document:
    """Read `text`."""
    if len(text) > LONGEST:
        return Document((), (), f"Markdown is read as far as {LONGEST:,} characters; here are {len(text):,}")
    levels = max((match.group().count(">") for match in _QUOTES.finditer(text)), default=0)
    if levels * (text.count("\n") + text.count("\r")) > MOST_STEPS:
        return Document((), (), f"quotes are nested {levels:,} deep in a long text")
    return _Reader(text).document()


@dataclass(slots=True)
class _Reader:
    """Turns the parser's tokens into blocks."""

    text: str
    starts: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])
    within: list[Token] = field(default_factory=list["Token"])
    cursors: dict[int, int] = field(default_factory=dict[int, int])
    read: int = 0
    reach: dict[int, int] = field(default_factory=dict[int, int])

    def document(self) -> Document:
        """Parse the text."""
        offset = 1 if self.text.startswith("\ufeff") else 0
        self.starts = [offset]
        for match in _BREAK.finditer(self.text):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(self.text))
        tokens = _parser().parse(self.text[offset:])
        self.reach = _reach(tokens)
        latest = max(map(self._settles, tokens, [*tokens[1:], None]), default=-1)
        blocks: list[Block] = []
        inlines: list[Inline] = []
        for index, token in enumerate(tokens):
            kind = _KINDS.get(token.type)
            if kind is not None:
                blocks.append(self._block(kind, tokens, index, latest))
            elif token.type == "inline":
                inlines.append(self._inline(token, tokens[index - 1].type, latest))
            if token.type in ("blockquote_open", "list_item_open"):
                self.within.append(token)
            elif token.type in ("blockquote_close", "list_item_close"):
                self.within.pop()
        if any(token.nesting == 1 and token.level >= DEEPEST - 1 for token in tokens):
            return Document((), (), f"blocks are nested {DEEPEST} deep or deeper")
        return Document(tuple(blocks), tuple(inlines))

    def _settles(self, token: Token, following: Token | None) -> int:
        """Return the line of a block that ends what stands before it however the text goes on; -1 for others."""
        if token.map is None or not self._complete(token.map[0]) or token.type == "inline":
            return -1
        if token.markup in ("", "=", "-") and following is not None and following.content.startswith("["):
            return -1  # it may yet become a link's definition, which is no block
        return token.map[0]

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
        ends = max(self.reach.get(index, last), first + 1)
        start = self._start(token, first)
        end = max(start, self.ends[min(ends, len(self.ends)) - 1])
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
            last=ends,
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

    def _inline(self, token: Token, parent: str, latest: int) -> Inline:
        assert token.map is not None
        first, last = token.map
        origins: list[int] = []
        for line, content in enumerate(token.content.split("\n"), start=first):
            start, end = self.starts[line], self.ends[line]
            wanted = content.rstrip()
            if parent in ("th_open", "td_open"):
                at = self.text.find(wanted, max(start, self.read), end)
                self.read = max(self.read, at + len(wanted))
            else:
                at = self.text.rfind(wanted, start, end)
            origins.append(at if at >= 0 else start)  # an escaped pipe in a cell is not as it was written
        closed = last <= latest or (parent == "heading_open" and last == first + 1 and self._complete(first + 1))
        return Inline(token.content, tuple(origins), closed)

    def _stays(self, kind: Kind, token: Token) -> bool:
        assert token.map is not None
        first, last = token.map
        if "|" in self.text[self.starts[first] : self.ends[first]] and not self._complete(first + 1):
            return False  # the line below may make it the header of a table
        if kind == "heading" and token.markup in ("=", "-"):
            # As long as the paragraph goes on, the heading may yet turn out to be the title of a link's definition.
            return self._complete(last - 1) and _BLANK_LINE.search(self.text, self.ends[last - 1]) is not None
        if token.type == "code_block" and first > 0 and not self._blank(first - 1):
            return False  # what stands right above may be a link's definition that goes on here
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


def _reach(tokens: list[Token]) -> dict[int, int]:
    """Return for each list and item, by its index, one past the last line in which something of it stands."""
    reach: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open", "list_item_open"):
            opened.append((index, 0))
            continue
        ends = token.map[1] if token.map else 0
        if token.type in ("bullet_list_close", "ordered_list_close", "list_item_close"):
            at, ends = opened.pop()
            ends = reach[at] = max(ends, (tokens[at].map or [0])[0] + 1)
        if opened and ends > opened[-1][1]:
            opened[-1] = (opened[-1][0], ends)
    return reach


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
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").disable(["inline", "text_join"])
