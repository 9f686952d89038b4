"""Samples as the store gives them back."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from evalkit.store import rows
from evalkit.store.drawn import DRAWN_COLUMNS, FROM_DRAWN, read_drawn
from evalkit.types import Completion, Condition, Message, Usage
from evalkit.verdicts import Scored

if TYPE_CHECKING:
    from evalkit.store import Store

CONDITION = Condition((("temperature", 0.5), ("stop", ("a", "\n"))))
MESSAGES = (Message("system", "Be brief."), Message("user", "Ünï?"))
COMPLETION = Completion("truncated", text="Ünï", applied={"stop": ("a", "\n")}, usage=Usage(5, 3), attempts=2)


@pytest.mark.parametrize("scored", [None, Scored((), 1.0, 1.0)], ids=["not judged", "judged"])
def test_a_row_is_read_as_it_was_written(scored: Scored | None) -> None:
    """Lists are the tuples that they were, and a sample without a verdict is told from one with none to give."""
    verdicts = None if scored is None else rows.scored_text(scored)
    head = (
        7,
        rows.condition_text(CONDITION),
        "one",
        2,
        json.dumps({"stop": ["a", "\n"]}),
        0.25,
        verdicts,
        rows.messages_text(MESSAGES),
    )
    drawn = read_drawn((*head, *rows.completion_row(COMPLETION)))
    assert (drawn.position, drawn.case_id, drawn.repeat, drawn.rule_share) == (7, "one", 2, 0.25)
    assert drawn.condition == CONDITION
    assert drawn.requested == {"stop": ("a", "\n")}
    assert drawn.messages == MESSAGES
    assert drawn.completion == COMPLETION
    assert drawn.scored == scored


def test_the_columns_are_those_of_the_store(store: Store) -> None:
    """As many as a row has fields: seven of the sample, one of its prompt, the rest of the completion."""
    with sqlite3.connect(store.path) as connection:
        found = connection.execute(f"SELECT {DRAWN_COLUMNS} {FROM_DRAWN}", ("none", "none", -1))
        assert len(found.description) == 8 + len(rows.completion_row(COMPLETION))
    connection.close()
