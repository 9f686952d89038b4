"""Who judges a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.judge.named import load_judges
from tests.conftest import KEY_VARIABLE

if TYPE_CHECKING:
    from tests.conftest import SmallProject

PROFILE = f"adapter: claude\nmodel: claude-haiku-4-5\nkey_env: {KEY_VARIABLE}\n"


def judges(project: SmallProject, constraint: str, *, suite: str = "", judge: str | None = None) -> list[str]:
    """Name the judges of the small suite with a further constraint."""
    for name in ("one", "other"):
        project.write(f"providers/{name}.yaml", PROFILE)
    text = (project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    text = text.replace("  - max_words: 8\n", f"  - max_words: 8\n  - {constraint}\n")
    project.write("suites/small.yaml", f"{text}\n{suite}")
    read = project.suite()
    return [profile.name for profile in load_judges(read, project.project, read.cases, judge)]


def test_constraint_names_its_judge_before_the_suite_does(small_project: SmallProject) -> None:
    """The suite's judge takes the questions that name none."""
    assert judges(small_project, "judge: {question: Polite?, by: one}", suite="judge: other\n") == ["one"]


def test_option_takes_the_place_of_the_suites_judge(small_project: SmallProject) -> None:
    """What is named in the constraint stays."""
    assert judges(small_project, "judge: Polite?", suite="judge: other\n", judge="one") == ["one"]


def test_question_that_nobody_is_to_answer_is_refused(small_project: SmallProject) -> None:
    """Before anything is asked, with the ways to name somebody."""
    with pytest.raises(UsageError, match="asks a judge, and none is named"):
        judges(small_project, "judge: Polite?")


def test_suite_without_questions_has_no_judge(small_project: SmallProject) -> None:
    """A judge that is named and asked nothing is not loaded."""
    assert judges(small_project, "min_words: 1", suite="judge: other\n") == []
