"""Tests of keeping what a run says nothing of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.baselines.merge import Merged, kept_cells, merge_sketches, refuse_mixture, row_name
from evalkit.errors import BaselineError
from evalkit.sketches import Sketches, sketch_texts
from tests.baselines.conftest import OF, Rows, case, row

NEW = replace(OF, run="20261127-010203-abcd", name="20261127-010203-abcd")
OLD_ROWS = Rows(OF, (row(case("a", 2), case("b", 2)), row(case("a", 2), temperature=0.0)))


def test_cells_that_the_run_lacks_are_kept() -> None:
    """Cases of a row and whole rows stay, and name the run that they are of; the run's own cases are the new ones."""
    new = Rows(NEW, (row(case("a", 7), case("c", 7)),))
    merged = Merged(OLD_ROWS, new)
    assert merged.of == NEW
    first, second = (merged.row(key) for key in merged.keys())  # noqa: SIM118 - no mapping
    assert first == row(case("a", 7), case("c", 7), case("b", 2, run=OF.run))
    assert second == row(case("a", 2, run=OF.run), temperature=0.0)
    assert kept_cells(OLD_ROWS, new) == {row().key: 1, row(temperature=0.0).key: 1}
    assert merged.row(row(temperature=3.0).key) is None


def test_what_was_kept_before_keeps_its_run() -> None:
    """The second time, the first run is still named."""
    once = Merged(OLD_ROWS, Rows(NEW, (row(case("a", 7)),)))
    twice = Merged(once, Rows(replace(NEW, run="third"), (row(case("a", 7)),)))
    found = twice.row(row().key)
    assert found is not None
    assert [(each.case_id, each.run) for each in found.cases] == [("a", None), ("b", OF.run)]


def test_a_run_of_everything_keeps_nothing() -> None:
    """A row of which nothing is kept is the run's own."""
    new = Rows(NEW, (row(case("b", 7), case("a", 7)), row(case("a"), temperature=0.0)))
    assert kept_cells(OLD_ROWS, new) == {}
    assert Merged(OLD_ROWS, new).row(row().key) == new.rows[0]


def test_what_was_due_and_not_drawn_takes_no_place() -> None:
    """A run that was taken though it is incomplete drops nothing either; a row of which it drew nothing stays whole."""
    undrawn = case("a", 0, outcomes={}, scores={})
    new = Rows(NEW, (row(undrawn, case("b", 7), replace(undrawn, case_id="c")), replace(row(undrawn), provider="z")))
    found = Merged(OLD_ROWS, new).row(row().key)
    assert found == row(case("b", 7), replace(undrawn, case_id="c"), case("a", 2, run=OF.run))
    nothing = replace(row(undrawn, temperature=0.0), applied={}, served=())
    merged = Merged(OLD_ROWS, Rows(NEW, (nothing,)))
    assert merged.row(nothing.key) == row(case("a", 2, run=OF.run), temperature=0.0)
    assert kept_cells(OLD_ROWS, new) == {row().key: 1, row(temperature=0.0).key: 1}


def test_what_cells_applied_and_who_answered_is_put_together() -> None:
    """A row of two runs says what each applied, and all models that answered."""
    old = Rows(OF, (replace(row(case("a")), applied={"temperature": 0.8, "top_p": 1.0}, served=("m-2",)),))
    new = Rows(NEW, (replace(row(case("b")), applied={"temperature": 0.8, "top_k": 5}, served=("m-1",)),))
    found = Merged(old, new).row(row().key)
    assert found is not None
    assert found.served == ("m-1", "m-2")
    assert found.applied == {"temperature": 0.8, "top_k": ("5", "not applied"), "top_p": ("not applied", "1.0")}


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (
            Rows(replace(NEW, suite_version=3), (row(case("a")),)),
            "they are of suite tone, version 2, and the run is of",
        ),
        (
            Rows(replace(NEW, suite_name="x"), (row(case("a")),)),
            "they are of suite tone, version 2, and the run is of x",
        ),
        (Rows(replace(NEW, scoring=2), (row(case("a")),)), "they were scored by version 1, and the run by version 2"),
        (
            Rows(NEW, (replace(row(case("a")), model="other", requested={}),)),
            "smollm2, temperature 0.8, system dense was asked of another model and other settings than in the run",
        ),
    ],
    ids=["version", "suite", "scoring", "row"],
)
def test_what_cannot_stand_side_by_side_is_refused(new: Rows, words: str) -> None:
    """The message says how many cells there are, and why they cannot be kept; with nothing to keep there is none."""
    kept = kept_cells(OLD_ROWS, new)
    with pytest.raises(BaselineError) as refused:
        refuse_mixture(OLD_ROWS, new, kept)
    assert refused.value.message.startswith(
        "baseline main has 2 cells that run 20261127-010203-abcd lacks, and they cannot be kept: "
    )
    assert words in refused.value.message
    assert "--replace" in (refused.value.hint or "")
    refuse_mixture(OLD_ROWS, new, {})


def test_other_rows_may_be_of_other_models() -> None:
    """A row that is kept whole is not mixed with anything."""
    new = Rows(NEW, (replace(row(case("a"), case("b")), model="other"),))
    refuse_mixture(OLD_ROWS, new, kept_cells(OLD_ROWS, new))


def test_sketches_are_kept_with_their_cells() -> None:
    """The run's sketches, and the baseline's of what is kept of it."""
    provider, condition = row().key
    old = Sketches({(provider, condition, name): sketch_texts([f"old {name}"]) for name in ("a", "b")})
    new = Sketches({(provider, condition, "a"): sketch_texts(["new a"])})
    found = merge_sketches(old, new, Merged(OLD_ROWS, Rows(NEW, (row(case("a")),))))
    assert (found.of(provider, condition, "a") == sketch_texts(["new a"])).all()
    assert (found.of(provider, condition, "b") == sketch_texts(["old b"])).all()
    assert len(found.by_place) == 2


def test_a_row_without_axes_is_named_by_its_provider() -> None:
    """There is no comma without a condition."""
    assert row_name(row().key) == "smollm2, temperature 0.8, system dense"
    assert row_name(("gpt2", type(row().condition)())) == "gpt2"
