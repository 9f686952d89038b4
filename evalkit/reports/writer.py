"""What a report format has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report
    from evalkit.types import Cell


class Writer(Protocol):
    """Renders a report in one format; made without arguments.

    Attributes:
        filename: Name of the file in a report's folder.
    """

    filename: ClassVar[str]

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:
        """Write to `stream`; `cells` come one at a time, there may be very many, and they need not be read."""
        ...
