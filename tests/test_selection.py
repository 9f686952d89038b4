"""What a selection is made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.selection import Selection, read_selection

if TYPE_CHECKING:
    from evalkit.types import AxisValue


def test_a_selection_survives_the_store() -> None:
    """As plain data; lists become the tuples that they were."""
    axes: dict[str, tuple[AxisValue, ...]] = {"stop": (("x", "y"), ("z",)), "system": (None, "s"), "t": (0.5, 1)}
    selection = Selection(("a",), 4, ("one",), axes, cells={"a": (3, 0)})
    assert read_selection(json.loads(json.dumps(selection.to_json()))) == selection
    assert read_selection(json.loads(json.dumps(Selection().to_json()))) == Selection()
