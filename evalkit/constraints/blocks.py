"""Constraints on lists, tables, quotes and rules of Markdown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.demands import Form
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.reasons import counted, listed
from evalkit.constraints.validation import check_limit, check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.markdown import Block, Document, Kind


@dataclass(frozen=True, slots=True)
class ListItems:
    """Demand a number of items in Markdown lists.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        kind: `bulleted` counts items marked `-`, `*` or `+`, `numbered` those marked `1.` or `1)`, `any` both.
        nested: False leaves out items of lists inside other lists.

    Lists are found as CommonMark finds them: `•` and `a)` mark no item, and a rule (`---`) is none. A text of more
    than 75,000 characters is judged by its beginning, as if cut off there.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The spans are the items.
    """

    name: ClassVar[str] = "list_items"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2}, met="- Kafka\n- RabbitMQ", broken="- Kafka", undecided="- Kafka\n"
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    kind: Literal["any", "bulleted", "numbered"] = "any"
    nested: bool = True

    def __post_init__(self) -> None:
        if self.kind not in ("any", "bulleted", "numbered"):
            raise ArgumentError(f"`kind` must be any, bulleted or numbered, got {self.kind!r}", path=("kind",))
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return _demands(self._range())

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its items."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        found = self._items(document.blocks)
        noun = "list item" if self.kind == "any" else f"{self.kind} item"
        return _judged(document, found, self._range(), noun, whole=whole)

    def _items(self, blocks: Sequence[Block]) -> list[Block]:
        wanted = {"bulleted": ("bullets",), "numbered": ("numbers",)}.get(self.kind, ("bullets", "numbers"))
        found: list[Block] = []
        around: list[Block] = []  # the lists that the block at hand stands in
        for block in blocks:
            while around and around[-1].depth >= block.depth:
                around.pop()
            if block.kind in ("bullets", "numbers"):
                around.append(block)
            elif block.kind == "item" and around[-1].kind in wanted and (self.nested or len(around) == 1):
                found.append(block)
        return found

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """What constraints on the number of one kind of block have in common."""

    name: ClassVar[str]
    family: ClassVar[str] = "format"
    kind: ClassVar[Kind]
    noun: ClassVar[str]

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return _demands(self._range())

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its blocks of the kind."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        found = [block for block in document.blocks if block.kind == self.kind]
        return _judged(document, found, self._range(), self.noun, whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class BlockQuotes(_Blocks):
    """Demand a number of Markdown block quotes.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    A block quote is a run of lines that begin with `>`; one inside another counts too. A text of more than 75,000
    characters is judged by its beginning, as if cut off there.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The spans are the quotes.
    """

    name: ClassVar[str] = "block_quotes"
    kind: ClassVar[Kind] = "quote"
    noun: ClassVar[str] = "block quote"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 1}, met="> Kafka is a log.\n\nSo it is.", broken="Kafka is a log.", undecided="Kafka is"
    )


@dataclass(frozen=True, slots=True)
class HorizontalRules(_Blocks):
    """Demand a number of Markdown rules: lines of three or more `-`, `*` or `_`.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    Dashes right below a line of text underline it as a heading, and are no rule. A text of more than 75,000 characters
    is judged by its beginning, as if cut off there.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The spans are the rules.
    """

    name: ClassVar[str] = "horizontal_rules"
    kind: ClassVar[Kind] = "rule"
    noun: ClassVar[str] = "horizontal rule"
    examples: ClassVar[Examples] = Examples(
        arguments=1, met="Kafka.\n\n---\n\nRabbitMQ.", broken="Kafka.\n\nRabbitMQ.", undecided="Kafka.\n\n---\n"
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Demand a Markdown table.

    Attributes:
        columns: Its number of columns; None for any.
        rows: Its number of rows below the header; None for any.
        min_rows: The least number of rows below the header.
        max_rows: The greatest number of rows below the header; None for any.
        header: Cells that its header must have, in this order; others may stand between them.

    A table is what GitHub takes for one: a header and a line of dashes with as many cells. One table must have all
    that is asked for. Case and white space in the header do not count. A text of more than 75,000 characters is judged
    by its beginning, as if cut off there.

    In a text that was cut off, a table stays found once no further rows could spoil it; none found is undecided. The
    span is the table, or all of them where none will do.
    """

    name: ClassVar[str] = "table"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"columns": 2, "header": ["System", "Model"], "min_rows": 1},
        met="| System | Model |\n| --- | --- |\n| Kafka | log |\n",
        broken="| System |\n| --- |\n| Kafka |\n",
        undecided="| System | Model |\n",
    )

    columns: int | None = None
    rows: int | None = None
    min_rows: int = 0
    max_rows: int | None = None
    header: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.columns is not None:
            check_limit("columns", self.columns, least=1)
        check_limit("min_rows", self.min_rows)
        if self.rows is not None:
            check_limit("rows", self.rows)
            if self.min_rows or self.max_rows is not None:
                raise ArgumentError("`rows` stands without `min_rows` and `max_rows`", path=("rows",))
        if self.max_rows is not None:
            check_limit("max_rows", self.max_rows, least=self.min_rows)
        if self.header != ():
            check_texts("header", self.header)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Form("Markdown"),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its tables."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        if document.unread is not None:
            return Score(None, document.unread)
        tables = [block for block in document.blocks if block.kind == "table"]
        faults = [self._fault(table) for table in tables]
        fit = [table for table, fault in zip(tables, faults, strict=True) if fault is None]
        if not fit:
            reason = f"{counted(len(tables), 'table')}: {'; '.join(filter(None, faults[:3]))}" if tables else "no table"
            return verdict(reason, tuple(table.span for table in tables), met=False, whole=whole, final="neither")
        bounded = self.rows is not None or self.max_rows is not None
        settled = [table for table in fit if table.closed or (table.stays and not bounded)]
        table = (settled or fit)[0]
        reason = f"a table of {counted(len(table.columns), 'column')} and {counted(table.rows, 'row')}"
        return verdict(reason, (table.span,), met=True, whole=whole, final="met" if settled else "neither")

    def _fault(self, table: Block) -> str | None:
        if self.columns not in (None, len(table.columns)):
            return f"{counted(len(table.columns), 'column')}, not {self.columns:,}"
        most = self.max_rows if self.rows is None else self.rows
        if table.rows < (self.rows or self.min_rows) or (most is not None and table.rows > most):
            return f"{counted(table.rows, 'row')} below the header"
        cells = iter(_cell(cell) for cell in table.columns)
        missing = [wanted for wanted in self.header if _cell(wanted) not in cells]
        return f"header without {listed(missing[:1])} in its place" if missing else None


def _cell(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.replace("*", "").replace("`", ""))
    return " ".join(unicodedata.normalize("NFC", plain.casefold()).split())


def _judged(document: Document, found: Sequence[Block], wanted: Range, noun: str, *, whole: bool) -> Score:
    if document.unread is not None:
        return Score(None, document.unread)
    count = Count(len(found), len(found), sum(block.stays for block in found))
    places = first_spans((block.span.start, block.span.end) for block in found)
    return judge_count(count, wanted, noun, whole=whole, places=places)


def _demands(wanted: Range) -> Alternatives:
    """Say that a text which must have blocks is Markdown, and so nothing else."""
    return ((Form("Markdown"),),) if wanted.low else ((),)
