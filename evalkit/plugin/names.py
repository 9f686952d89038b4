"""Names items so that pytest's `-k` can select them: every axis value in brackets, nothing that `-k` does not take.

`-k` compares parts of names, so a value is closed by its bracket: `t:0.2]` is no part of `[t:0.25]`. It knows words of
letters, digits, `_` and `. : + - / [ ]` alone; everything else in a value is written as a dash.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.gate import Gate
    from evalkit.types import AxisValue, Condition

SHORT = {"temperature": "t"}
"""Axes that are written shorter, as people write them."""
NULL = "null"
LONGEST = 40
"""Characters of a value, before what makes it unique."""
_UNSAFE = re.compile(r"(?:[^\w.:+/-]|::)+")


@dataclass(frozen=True, slots=True)
class Names:
    """How the axis values of a suite are written.

    Attributes:
        axes: What stands for each axis.
        values: What stands for each value, by axis.
    """

    axes: Mapping[str, str]
    values: Mapping[str, Mapping[AxisValue, str]]

    def of(self, condition: Condition) -> str:
        """Return the part of a name that says the condition: `[t:0.2][system:dense]`."""
        return "".join(self._bracket(axis, value) for axis, value in condition.values)

    def keywords(self, condition: Condition) -> Iterator[str]:
        """Yield how else a person may write what is in a name: axes in full, and whole numbers without `.0`."""
        for axis, value in condition.values:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            written = {self.values[axis][value], f"{value:g}" if number else self.values[axis][value]}
            yield from (f"[{name}:{text}]" for name in {axis, self.axes[axis]} for text in written)

    def gate(self, gate: Gate) -> str:
        """Return the name of a gate: `gate[adherence][at_least:0.8][system:dense]`."""
        parts = [safe(gate.measure)]
        parts += [f"at_least:{gate.at_least:g}"] if gate.at_least is not None else []
        parts += [f"at_most:{gate.at_most:g}"] if gate.at_most is not None else []
        if isinstance(gate.no_worse_than, str):
            parts.append(f"no_worse_than:{gate.no_worse_than}")
        elif gate.no_worse_than is not None:
            parts += [f"no_worse_than:{self._pair(*pair)}" for pair in gate.no_worse_than.items()]
        parts += [f"margin:{gate.margin:g}"] if gate.margin else []
        parts += [self._pair(axis, value) for axis, values in gate.where.items() for value in values]
        return "gate" + "".join(f"[{part}]" for part in parts)

    def _bracket(self, axis: str, value: AxisValue) -> str:
        return f"[{self._pair(axis, value)}]"

    def _pair(self, axis: str, value: AxisValue) -> str:
        known = self.values.get(axis, {})
        return f"{self.axes.get(axis, axis)}:{known[value] if value in known else safe(_plain(value))}"


def names_of(conditions: Iterable[Condition], axes: Mapping[str, Sequence[AxisValue]]) -> Names:
    """Find names for the axes and values of a suite.

    Args:
        conditions: All that are run; a value that had nothing to act on is only there.
        axes: The suite's.
    """
    met: dict[str, dict[AxisValue, None]] = {axis: dict.fromkeys(values) for axis, values in axes.items()}
    for condition in conditions:
        for axis, value in condition.values:
            met.setdefault(axis, {})[value] = None
    short = {axis: SHORT[axis] if axis in SHORT and SHORT[axis] not in met else axis for axis in met}
    return Names(short, {axis: written_values(values) for axis, values in met.items()})


def written_values(values: Iterable[AxisValue]) -> dict[AxisValue, str]:
    """Write each value so that it is safe in a name, and unlike the others; the same value is written alike again.

    >>> written_values(["very kind", "very; kind", 0.2])
    {'very kind': 'very-kind-d788f0', 'very; kind': 'very-kind-aa56a7', 0.2: '0.2'}
    """
    each = list(values)
    written = {value: safe(_plain(value)) for value in each}
    claims = Counter(written.values())
    exact = Counter(text for value, text in written.items() if text == _plain(value))
    unique: dict[AxisValue, str] = {}
    for value, text in written.items():
        alone = claims[text] == 1 or (exact[text] == 1 and text == _plain(value))
        unique[value] = text if alone else f"{text}-{_digest(value)}"
    return unique


def safe(text: str) -> str:
    """Write a text with the characters that a name may have, and no longer than it may be."""
    bare = _UNSAFE.sub(" ", text).strip()
    return bare.replace(" ", "-")[:LONGEST] or "-"


def distinct(names: Iterable[str]) -> list[str]:
    """Number names that occur again: `[2]`, `[3]`."""
    seen: set[str] = set()
    found: list[str] = []
    for name in names:
        number, chosen = 1, name
        while chosen in seen:
            number += 1
            chosen = f"{name}[{number}]"
        seen.add(chosen)
        found.append(chosen)
    return found


def _plain(value: AxisValue) -> str:
    return NULL if value is None else shown(value)


def _digest(value: AxisValue) -> str:
    return sha256(f"{type(value).__name__} {_plain(value)}".encode("utf-8", "surrogatepass")).hexdigest()[:6]
