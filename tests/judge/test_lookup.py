"""Votes are found by their question, and what is not there is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.constraints.judge import Judge
from evalkit.constraints.logic import Not
from evalkit.constraints.words import MaxWords
from evalkit.judge.ask import Shown, put
from evalkit.judge.form import YES_NO
from evalkit.judge.lookup import Judgements, judges_named

if TYPE_CHECKING:
    from evalkit.protocols import Constraint
    from evalkit.store import Store


def test_what_is_not_there_is_noted(store: Store) -> None:
    """With who is to be asked, until it is forgotten; nobody is named by an empty name."""
    ask = put(Shown("Polite?", "Hello."), YES_NO, judge=None, votes=2)
    lookup = Judgements(store, "run", "claude")
    assert lookup(ask) == [None, None]
    assert [(vote.judge, vote.number) for vote in lookup.lacking] == [("claude", 0), ("claude", 1)]
    assert lookup.lacking[0].digest == ask.digest("claude")
    assert lookup.forget()
    assert not lookup.forget()
    nobody = Judgements(store, "run", None)
    nobody(ask)
    assert [vote.judge for vote in nobody.lacking] == ["", ""]


def test_who_judges() -> None:
    """A constraint's own choice comes first; where nobody is named there is None."""
    constraints: list[Constraint] = [Not(Judge("Polite?", by="other")), MaxWords(3), Judge("Kind?")]
    assert judges_named(constraints, "claude") == ["other", "claude"]
    assert judges_named(constraints, None) == ["other", None]
