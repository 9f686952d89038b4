"""The examples that constraints show in the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.arguments import construct
from evalkit.constraints.registry import CONSTRAINTS

if TYPE_CHECKING:
    from evalkit.constraints.examples import Examples
    from evalkit.protocols import Constraint

NAMES = sorted(CONSTRAINTS.builtins)


def _example(name: str) -> tuple[Constraint, Examples]:
    examples: Examples = CONSTRAINTS.get(name).examples
    spec = name if examples.arguments is None else {name: examples.arguments}
    return construct(CONSTRAINTS, spec, beside=None), examples


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_text_scores_as_its_example_says(name: str) -> None:
    """The text shown as met is met, the one shown as broken is broken."""
    constraint, examples = _example(name)
    assert examples.met is None or constraint.score(examples.met, whole=True).value == 1
    assert examples.broken is None or constraint.score(examples.broken, whole=True).value == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_text_scores_as_its_example_says(name: str) -> None:
    """The text shown as undecided is so when cut off there, and decided when whole."""
    constraint, examples = _example(name)
    assert examples.undecided is not None
    assert constraint.score(examples.undecided, whole=False).value is None
    decides = examples.met is not None or examples.broken is not None
    assert (constraint.score(examples.undecided, whole=True).value in (0, 1)) == decides


@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_gives_a_reason_and_points_into_the_text(name: str) -> None:
    """A reason is never empty and no span lies outside the text."""
    constraint, examples = _example(name)
    for text in ("", examples.met or "", examples.broken or "", examples.undecided or ""):
        score = constraint.score(text, whole=True)
        assert score.reason
        assert all(0 <= span.start <= span.end <= len(text) for span in score.spans)
