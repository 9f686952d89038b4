"""What judging will take, before there is anything to be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.foresee import Outlook
from evalkit.judge.foresee import foresee_judges
from evalkit.prepare import prepare
from evalkit.selection import Selection
from tests.conftest import KEY_VARIABLE

if TYPE_CHECKING:
    from evalkit.foresee import Foreseen
    from tests.conftest import SmallProject

JUDGE = f"adapter: claude\nmodel: claude-haiku-4-5\nkey_env: {KEY_VARIABLE}\nprice: {{input: 1, output: 5}}\n"


def foreseen(project: SmallProject, constraint: str, *, profile: str = "", suite: str = "") -> dict[str, Foreseen]:
    """Foresee judging the small suite of 24 samples by a further constraint."""
    project.write("providers/claude.yaml", JUDGE + profile)
    text = (project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    text = text.replace("  - max_words: 8\n", f"  - max_words: 8\n  - {constraint}\n")
    project.write("suites/small.yaml", f"{text}\n{suite}")
    prepared = prepare(project.suite(), project.project, Selection())
    return foresee_judges(prepared, project.project.store, Outlook(offline=True))


def test_every_vote_on_every_sample_is_counted(small_project: SmallProject) -> None:
    """Three votes on each of 24 samples."""
    found = foreseen(small_project, "judge: {question: Polite?, votes: 3, by: claude}")
    assert found["claude"].forecast.calls == 24 * 3
    assert found["claude"].model == "claude-haiku-4-5"


def test_the_longest_answers_are_part_of_the_prompts(small_project: SmallProject) -> None:
    """What is to be judged is taken to be as long as its limit allows; the likely length is not known yet."""
    short = foreseen(small_project, "judge: {question: Polite?, by: claude}", suite="max_tokens: 10\n")["claude"]
    [first, *_] = short.asked.groups
    assert first.quoted is not None
    assert (first.quoted.likely, first.quoted.most) == (None, 10)
    cost = short.forecast.cost_usd
    assert cost is not None
    assert cost.likely is None
    assert cost.most == (short.forecast.input_tokens.most + 5 * short.forecast.output_tokens.most) / 1e6


def test_without_judges_there_is_nothing_to_foresee(small_project: SmallProject) -> None:
    """No adapter is built for nothing."""
    assert foreseen(small_project, "min_words: 1") == {}


def test_a_judge_inside_other_constraints_is_counted(small_project: SmallProject) -> None:
    """In `not`, and in any other constraint that is made of constraints."""
    found = foreseen(small_project, "not: {all_of: [valid_json, {judge: Rude?}]}", suite="judge: claude\n")
    assert found["claude"].forecast.calls == 24
