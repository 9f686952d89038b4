"""Constraints on emphasis in Markdown, and on Markdown altogether."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, get_args

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.inline import marks
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.reasons import listed
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator


Element: TypeAlias = Literal[
    "headings", "bullets", "numbers", "quotes", "tables", "rules", "code", "bold", "italic", "links"
]
_ELEMENTS: dict[str, Element] = {
    "heading": "headings",
    "bullets": "bullets",
    "numbers": "numbers",
    "quote": "quotes",
    "table": "tables",
    "rule": "rules",
    "code": "code",
    "bold": "bold",
    "italic": "italic",
}
_LINK = re.compile(r"!?\[[^\[\]]{0,500}\]\([^\s()<>]{1,500}\)")


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Demand a number of passages in bold or italic type.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        kind: `bold` counts `**so**` and `__so__`, `italic` counts `*so*` and `_so_`, `any` both.

    Passages are found as CommonMark finds them: `2 * 3 * 4` and `snake_case_name` hold none, nor does code; one inside
    another counts too. A text of more than 75,000 characters is judged by its beginning, as if cut off there.

    In a text that was cut off, only what stands in a paragraph, list or table that has ended is sure: a greatest number
    exceeded there stays exceeded, and a least number reached there stays reached; anything else is undecided. The
    spans are the passages.
    """

    name: ClassVar[str] = "emphasis"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 1, "kind": "bold"},
        met="**Kafka** keeps a log.",
        broken="*Kafka* keeps a log.",
        undecided="**Kafka** keeps",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    kind: Literal["any", "bold", "italic"] = "any"

    def __post_init__(self) -> None:
        if self.kind not in ("any", "bold", "italic"):
            raise ArgumentError(f"`kind` must be any, bold or italic, got {self.kind!r}", path=("kind",))
        self._range()

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its passages."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        if document.unread is not None:
            return Score(None, document.unread)
        wanted = ("bold", "italic") if self.kind == "any" else (self.kind,)
        found = [mark for mark in marks(text) if mark.kind in wanted]
        count = Count(len(found), len(found), sum(mark.closed for mark in found))
        places = first_spans((mark.span.start, mark.span.end) for mark in found)
        noun = "passage in bold or italic type" if self.kind == "any" else f"passage in {self.kind} type"
        return judge_count(count, self._range(), noun, whole=whole, places=places)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class NoMarkdown:
    """Demand plain text: no Markdown.

    Attributes:
        allow: What may stand in the text all the same: any of `headings`, `bullets`, `numbers` (numbered lists),
            `quotes`, `tables`, `rules`, `code`, `bold`, `italic`, `links`.

    What is Markdown is what CommonMark, with GitHub's tables, takes for it, code between single back-ticks and links
    in brackets included; an indented line is none, and neither is a bare address. A text of more than 75,000 characters
    is judged by its beginning, as if cut off there.

    In a text that was cut off, a block found stays found once its first line has ended, and anything inside a line once
    its paragraph has; anything else is undecided. The spans are what was found.
    """

    name: ClassVar[str] = "no_markdown"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="Kafka keeps a log.", broken="## Kafka\n\nIt keeps a **log**.", undecided="Kafka keeps"
    )

    allow: tuple[Element, ...] = ()

    def __post_init__(self) -> None:
        for index, element in enumerate(self.allow):
            if element not in get_args(Element):
                choices = ", ".join(get_args(Element))
                raise ArgumentError(f"`allow` holds {choices}, got {element!r}", path=("allow", index))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the Markdown in it."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        if document.unread is not None:
            return Score(None, document.unread)
        found = [each for each in self._found(text) if each[0] not in self.allow]
        if not found:
            return verdict("no Markdown", met=True, whole=whole, final="neither")
        reason = f"Markdown: {listed(list(dict.fromkeys(element for element, _, _ in found)))}"
        stays = any(stays for _, _, stays in found)
        places = first_spans(sorted((span.start, span.end) for _, span, _ in found))
        return verdict(reason, places, met=False, whole=whole, final="broken" if stays else "neither")

    def _found(self, text: str) -> Iterator[tuple[Element, Span, bool]]:
        document = read(text)
        for block in document.blocks:
            if block.kind in _ELEMENTS and (block.kind != "code" or block.fenced):
                yield _ELEMENTS[block.kind], block.span, block.stays
        for mark in marks(text):
            yield _ELEMENTS[mark.kind], mark.span, mark.closed
        for inline in document.inlines:
            for match in _LINK.finditer(inline.content):
                yield "links", Span(inline.place(match.start()), inline.place(match.end() - 1) + 1), inline.closed
