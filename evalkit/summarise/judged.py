"""The verdicts of one cell, taken apart once for all that is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.types import Draw
    from evalkit.verdicts import Scored, Verdict

Values: TypeAlias = "list[float | None]"
"""What the verdicts of one completion say, in order."""


@dataclass(frozen=True, slots=True)
class Table:
    """Draws that were judged by the same constraints in the same order.

    Attributes:
        head: The verdicts of the first, which say what each constraint is.
        strict: What each draw's verdicts say.
        loose: The same of the loose verdicts; the very list of `strict` where they say the same.
    """

    head: tuple[Verdict, ...]
    strict: list[Values]
    loose: list[Values]


@dataclass(frozen=True, slots=True)
class Judged:
    """The draws of one cell that have verdicts.

    Attributes:
        scored: What was said of each.
        tables: Their verdicts that apply: one table, unless other constraints apply to another draw.
    """

    scored: list[Scored]
    tables: list[Table]

    @property
    def by_source(self) -> bool:
        """Whether any verdict comes from a system prompt."""
        return any(verdict.source == "system" for table in self.tables for verdict in table.head)


def judged_draws(draws: Iterable[Draw]) -> Judged:
    """Take the verdicts of one cell's draws apart."""
    scored = [draw.scored for draw in draws if draw.scored.verdicts]
    alike: dict[tuple[str, ...], list[tuple[Verdict, ...]]] = {}
    for each in scored:
        applying = each.verdicts
        if not all(verdict.applies for verdict in applying):
            applying = tuple(verdict for verdict in applying if verdict.applies)
        alike.setdefault(tuple([verdict.constraint for verdict in applying]), []).append(applying)
    return Judged(scored, [_table(rows) for rows in alike.values()])


def _table(rows: Sequence[tuple[Verdict, ...]]) -> Table:
    strict = [[verdict.value for verdict in verdicts] for verdicts in rows]
    loose = [[verdict.loose for verdict in verdicts] for verdicts in rows]
    return Table(rows[0], strict, strict if loose == strict else loose)
