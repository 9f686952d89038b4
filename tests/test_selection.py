"""What a selection is made of."""

from __future__ import annotations

import json

from evalkit.selection import Selection, read_selection


def test_a_selection_survives_the_store() -> None:
    """As plain data; lists become the tuples that they were."""
    selection = Selection(("a",), 4, ("one",), {"stop": (("x", "y"), ("z",)), "system": (None, "s"), "t": (0.5, 1)})
    assert read_selection(json.loads(json.dumps(selection.to_json()))) == selection
    assert read_selection(json.loads(json.dumps(Selection().to_json()))) == Selection()
