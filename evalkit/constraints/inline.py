"""Finds emphasis and code inside the lines of a Markdown text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evalkit.constraints.markdown import read
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

    from evalkit.constraints.markdown import Inline

MarkKind: TypeAlias = Literal["bold", "italic", "code"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch set apart inside a line.

    Attributes:
        kind: How.
        span: Where, with the signs around it.
        closed: Whether it is there however the text goes on.
    """

    kind: MarkKind
    span: Span
    closed: bool


@lru_cache(maxsize=8)  # as the document itself
def marks(text: str) -> tuple[Mark, ...]:
    """Return what is set apart in a text that could be read, in order; see `evalkit.constraints.markdown.read`."""
    found = [mark for inline in read(text).inlines for mark in _marks(inline)]
    return tuple(sorted(found, key=lambda mark: (mark.span.start, -mark.span.end)))


def _marks(inline: Inline) -> Iterator[Mark]:
    if not any(sign in inline.content for sign in "*_`"):
        return
    opened: list[int] = []
    place = _placer(inline)
    for token in _tokens(inline.content):
        at = token.meta.get("at", 0)
        if token.type in ("em_open", "strong_open"):
            opened.append(at - (token.type == "strong_open"))  # the parser keeps the inner of two stars
        elif token.type in ("em_close", "strong_close"):
            strong = token.type == "strong_close"
            span = Span(place(opened.pop()), place(at + strong) + 1)
            yield Mark("bold" if strong else "italic", span, inline.closed)
        elif token.type == "code_inline":
            size = len(token.markup)
            end = re.compile(f"(?<!`)`{{{size}}}(?!`)").search(inline.content, at + size)
            if end is not None:
                yield Mark("code", Span(place(at), place(end.end() - 1) + 1), inline.closed)


def _placer(inline: Inline) -> Callable[[int], int]:
    """Return what finds a character of the content in the text, in time that does not grow with the content."""
    starts = [0, *(match.end() for match in re.finditer("\n", inline.content))]

    def place(at: int) -> int:
        line = bisect_right(starts, at) - 1
        return inline.origins[line] + at - starts[line]

    return place


def _tokens(content: str) -> list[Token]:
    """Parse one stretch; each token that the parser pushes tells where it began."""
    parser, state_class = _parser()
    tokens: list[Token] = []
    state = state_class(content, parser, {}, tokens)
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    return tokens


@cache
def _parser() -> tuple[Any, Any]:
    """Return a parser without links, which would take it more than linear time, and a state that knows places."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

    class Placed(StateInline):
        """Notes on each token where it began."""

        def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
            """Push a token; several delimiters are pushed before the position moves on."""
            token = super().push(ttype, tag, nesting)
            before = self.tokens[-2].meta if len(self.tokens) > 1 else {}
            run = before["run"] + 1 if ttype == "text" and before.get("pos") == self.pos else 0
            token.meta = {"pos": self.pos, "run": run, "at": self.pos + run}
            return token

    return MarkdownIt("commonmark").disable(["link", "image"]), Placed
