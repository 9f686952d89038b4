"""What judging again has changed."""

from __future__ import annotations

from evalkit.revision import Revision, revision_lines
from evalkit.verdicts import Scored, Verdict


def _scored(*verdicts: tuple[str, float | None] | Verdict) -> Scored:
    made = [each if isinstance(each, Verdict) else Verdict(each[0], each[1], each[1], "why") for each in verdicts]
    return Scored(tuple(made))


def _lines(*pairs: tuple[Scored | None, Scored]) -> list[str]:
    revision = Revision()
    for sample, (before, now) in enumerate(pairs):
        revision.compare(str(sample), before, now)
    return list(revision_lines(revision))


def test_nothing_changed_says_so() -> None:
    """Equal verdicts are no change, whatever their reasons."""
    assert _lines((_scored(("a", 1.0)), _scored(Verdict("a", 1.0, 1.0, "other words")))) == [
        "0 of 1 completions are judged differently than before"
    ]


def test_changes_are_counted_by_constraint_and_step() -> None:
    """Each constraint says from what to what, how often, and of which samples."""
    pairs = [
        (_scored(("a", 1.0), ("b", 0.5)), _scored(("a", 0.0), ("b", 0.5))),
        (_scored(("a", 1.0), ("b", None)), _scored(("a", 0.0), ("b", 1.0))),
        (_scored(("a", 0.0), ("b", None)), _scored(("a", None), ("b", None))),
    ]
    assert _lines(*pairs) == [
        "3 of 3 completions are judged differently than before",
        "a: met before, broken now: 2 (samples 0, 1)",
        "a: broken before, undecided now: 1 (sample 2)",
        "b: undecided before, met now: 1 (sample 1)",
    ]


def test_a_loose_verdict_alone_may_change() -> None:
    """A change that only the loose verdict shows is one."""
    old, new = Verdict("a", 0.0, 0.0, ""), Verdict("a", 0.0, 1.0, "")
    assert _lines((_scored(old), _scored(new)))[1:] == ["a: loosely broken before, loosely met now: 1 (sample 0)"]


def test_samples_are_capped() -> None:
    """Ten samples are named, the others counted."""
    lines = _lines(*[(_scored(("a", 1.0)), _scored(("a", 0.0)))] * 1200)
    assert lines[1] == "a: met before, broken now: 1,200 (samples 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,190 more)"


def test_added_removed_and_renewed_constraints_are_said() -> None:
    """A constraint that came, one that went, and one whose version rose."""
    before = _scored(("gone", 1.0), Verdict("kept", 1.0, 1.0, "", version=1))
    now = _scored(Verdict("kept", 1.0, 1.0, "", version=2), ("new", 0.0))
    assert _lines((before, now)) == [
        "1 of 1 completions are judged differently than before",
        "kept: version 1 judged before, version 2 judges now",
        "new: new for 1 completion",
        "gone: no longer asked of 1 completion",
    ]


def test_constraints_of_one_name_are_told_apart_by_their_order() -> None:
    """Two of one name: only the second has changed."""
    assert _lines((_scored(("a", 1.0), ("a", 1.0)), _scored(("a", 1.0), ("a", 0.0))))[1:] == [
        "a: met before, broken now: 1 (sample 0)"
    ]


def test_what_was_not_judged_before_is_no_change() -> None:
    """A run whose reports were never written has nothing to compare with."""
    assert _lines((None, _scored(("a", 1.0)))) == [
        "0 of 0 completions are judged differently than before",
        "completions that had not been judged before: 1",
    ]
