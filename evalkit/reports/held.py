"""What `evalkit compare` prints: the headline, which is judged, apart from the table to explore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from evalkit.reports.columns import first_rows
from evalkit.reports.comparing import (
    compared_columns,
    explored_heading,
    flag_lines,
    method_lines,
    open_lines,
)
from evalkit.reports.comparison_json import held_json
from evalkit.reports.format import count, printable
from evalkit.reports.markdown import as_table, bullets, escape, explored_blocks
from evalkit.reports.plain import write_json
from evalkit.reports.table import encodable_column, print_lines, print_rows, table_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from evalkit.compare.sides import Held, Wanted
    from evalkit.findings import Compared
    from evalkit.measured import MeasuredOf
    from evalkit.reports.columns import Column

_EXPLORED = 20
"""Rows of the table to explore at a terminal."""
_SPARE = ("cases", "missing", "new", "old")
"""Columns that a narrow terminal does without, in this order; the p of what is not worse, and of what is, come last."""
_SCOPES = {"suite": "of these very cases (scope suite)", "population": "of cases like these (scope population)"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A comparison with its names.

    Attributes:
        of: Whose the first side is.
        new: What the first side is, in words.
        notes: What else a reader must know.
    """

    of: MeasuredOf
    new: str
    wanted: Wanted
    held: Held
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What is held against what."""
        return f"{self.of.suite_name}: {self.new} against {self.held.explored.name}"

    def head(self) -> Iterator[str]:
        """Say what the headline speaks of, and what differs besides the scores."""
        rows, wanted = self.held.headline, self.wanted
        scopes = " and ".join(dict.fromkeys(_SCOPES[row.scope] for row in rows))
        measures = ", ".join(dict.fromkeys(row.measure for row in rows))
        family = f"level {wanted.level:g} over {count(len(rows), 'row')} (Holm)"
        yield f"{measures} {scopes}; margin {wanted.margin:g}; {family}"
        yield from self.notes
        yield from (f"flagged: {line}" for line in flag_lines(rows))

    def below(self) -> Iterator[str]:
        """Say what follows from the headline, and how it was found."""
        yield from (f"undecided: {line}" for line in open_lines(self.held.headline))
        yield from (f"test: {line}" for line in method_lines(self.held.headline))
        yield "brackets hold 95 % intervals of the new less the old, over draws with a score"
        yield "corrected p stand in parentheses"
        yield "draws without a score count as the worst for `not worse`, and as the best for `worse`"


def print_text(printed: Printed, console: Console) -> None:
    """Print it for a terminal; of a long table to explore, what was found and the beginning."""
    explored = printed.held.explored
    print_lines([printable(printed.title), *map(printable, printed.head()), ""], console)
    _print(compared_columns(printed.held.headline), console)
    print_lines(["", *map(printable, printed.below())], console)
    print_lines([printable(f"not compared: {line}") for line in explored.left_out], console)
    print_lines(["", explored_heading(explored)], console)
    if not explored.rows:
        return
    print_lines([""], console)
    _print(first_rows(compared_columns(sorted(explored.rows, key=_open), explored=True), _EXPLORED), console)
    if len(explored.rows) > _EXPLORED:
        more = count(len(explored.rows) - _EXPLORED, "more comparison")
        print_lines([f"and {more}, which `--format md` and `--format json` have"], console)


def _open(row: Compared) -> bool:
    return row.verdict == "undecided"


def _print(table: list[Column], console: Console) -> None:
    kept = [encodable_column(column, console) for column in table]
    chances = [column.heading for column in kept[-2:]]
    dropped: list[str] = []
    for heading in (*_SPARE, *reversed(chances)):
        if table_width(kept, console.width) > console.width:
            dropped += [column.heading for column in kept if column.heading == heading]
            kept = [column for column in kept if column.heading != heading]
    print_rows(kept, console)
    if dropped:
        print_lines([f"not shown at this width: {', '.join(dropped)}"], console)


def write_markdown(printed: Printed, stream: TextIO) -> None:
    """Write it as Markdown, with the whole table to explore."""
    blocks = [
        f"# {escape(printed.title)}",
        bullets(map(escape, printed.head())),
        as_table(compared_columns(printed.held.headline)),
        bullets(map(escape, printed.below())),
        *explored_blocks(printed.held.explored),
    ]
    stream.write("\n\n".join(blocks) + "\n")


def write_document(printed: Printed, stream: TextIO) -> None:
    """Write it as JSON; see `comparison_schema`."""
    held = printed.held
    write_json(held_json(printed.of, printed.wanted.level, held.headline, held.explored), stream, indent=1)
