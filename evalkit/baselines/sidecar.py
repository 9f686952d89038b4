"""reports/baselines/NAME.sketches: sketches of a baseline's texts, in a file beside it.

Three parts: a line that says what the file is; a line of JSON with the check of the baseline that it belongs to, and
with length and CRC-32 of the rest; and the rest, compressed: a line of JSON that lists rows, cases and draws, then the
sketches in that order, one byte a number.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

from evalkit.baselines.lines import row_order
from evalkit.errors import BaselineError
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from evalkit.sketches import Place, Sketches
    from evalkit.types import AxisValue, Json

FORMAT = 1
ENDING = ".sketches"
_MARK = b"evalkit sketches "
_LEVEL = 9
_WITHOUT = "without the file, all is compared but whether the texts differ in distribution"


def write_sketches(sketches: Sketches, check: str) -> bytes:
    """Return what the file of sketches holds.

    Args:
        sketches: Of the baseline's texts.
        check: The baseline's.
    """
    places = sorted(sketches.by_place, key=lambda place: (row_order(place[:2]), place[2]))
    body = zlib.compress(_index(sketches, places) + b"".join(_bytes(sketches, place) for place in places), _LEVEL)
    return _MARK + f"{FORMAT}\n".encode() + _head(check, body) + b"\n" + body


def _head(check: str, body: bytes) -> bytes:
    return json.dumps({"check": check, "bytes": len(body), "crc32": f"{zlib.crc32(body):08x}"}).encode()


def _bytes(sketches: Sketches, place: Place) -> bytes:
    return sketches.of(*place).tobytes()


def _index(sketches: Sketches, places: list[Place]) -> bytes:
    rows: list[dict[str, Json]] = []
    last: object = None
    for provider, condition, case_id in places:
        if (provider, condition) != last:
            rows.append({"provider": provider, "condition": condition.as_dict(), "cases": {}})
            last = provider, condition
        rows[-1]["cases"][case_id] = len(sketches.of(provider, condition, case_id))
    return json.dumps(rows).encode() + b"\n"


def read_sketches(path: Path, file: str, check: str) -> Sketches | None:
    """Read the sketches of a baseline; None where there is no such file.

    Args:
        path: The file.
        file: How messages call it.
        check: The baseline's.

    Raises:
        BaselineError: The file belongs to another baseline, is damaged, or cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"{file} cannot be read: {error.strerror}") from error
    return _Reading(file, check).sketches(data)


@dataclass(frozen=True, slots=True)
class _Reading:
    file: str
    check: str

    def sketches(self, data: bytes) -> Sketches:
        first, _, rest = data.partition(b"\n")
        self._refuse_format(first)
        head, _, body = rest.partition(b"\n")
        self._refuse_head(head, body)
        try:
            plain = zlib.decompress(body)
            index, _, numbers = plain.partition(b"\n")
            return _sketches(json.loads(index), numbers)
        except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
            self._damaged(f"{type(error).__name__}: {error}")

    def _refuse_format(self, first: bytes) -> None:
        found = re.fullmatch(re.escape(_MARK) + rb"(\d{1,9})\r?", first)
        if found is None or not int(found[1]):
            self._fail("is no file of sketches", f"delete it; {_WITHOUT}")
        if int(found[1]) > FORMAT:
            self._fail(
                f"has format {int(found[1])}; this evalkit reads formats up to {FORMAT}",
                f"upgrade evalkit: pip install --upgrade prompt-evalkit; {_WITHOUT}",
            )

    def _refuse_head(self, head: bytes, body: bytes) -> None:
        try:
            said: dict[str, Any] = json.loads(head)
            check, length = said["check"], said["bytes"]
        except (ValueError, KeyError, TypeError) as error:
            self._damaged(f"its second line cannot be read: {error}")
        if check != self.check:
            self._fail(
                f"belongs to another version of this baseline: its check is {check}, the baseline's {self.check}",
                f"take both files from the same commit, save the baseline again, or delete this file: {_WITHOUT}",
            )
        if length != len(body):
            self._damaged(f"{length} bytes were written, and {len(body)} are there")
        if head != _head(check, body):
            self._damaged("its content does not have the CRC-32 that its second line states")

    def _damaged(self, why: str) -> NoReturn:
        self._fail(
            f"is damaged: {why}",
            "take it back from version control (mark *.sketches as binary in .gitattributes if line ends were changed),"
            f" save the baseline again, or delete it: {_WITHOUT}",
        )

    def _fail(self, words: str, hint: str) -> NoReturn:
        raise BaselineError(f"{self.file} {words}", hint=hint)


def _sketches(rows: Json, numbers: bytes) -> Sketches:
    import numpy as np  # noqa: PLC0415 - slow to import

    from evalkit.sketches import DIMENSIONS, Sketches  # noqa: PLC0415 - imports numpy

    table = np.frombuffer(numbers, dtype=np.int8).reshape(-1, DIMENSIONS)
    counts = dict(_places(rows))
    if sum(counts.values()) != len(table):
        raise ValueError(f"{sum(counts.values())} sketches are listed, and {len(table)} are there")
    found: dict[Place, NDArray[np.int8]] = {}
    begin = 0
    for place, count in counts.items():
        found[place] = table[begin : begin + count]
        begin += count
    return Sketches(found)


def _places(rows: Json) -> Iterator[tuple[Place, int]]:
    for row in rows:
        condition = Condition(tuple((axis, _axis_value(value)) for axis, value in row["condition"].items()))
        for case_id, draws in row["cases"].items():
            yield (row["provider"], condition, case_id), int(draws)


def _axis_value(value: Json) -> AxisValue:
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value
