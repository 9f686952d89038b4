"""The end of a test run: what is written and said of what the store has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.plugin.collection import Suites
from evalkit.plugin.conclusion import Conclusion
from evalkit.plugin.judging import Judging
from evalkit.plugin.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from evalkit.project import Project
    from tests.conftest import SmallProject
    from tests.plugin.conftest import DrawnSuite, DrawSuite

TEXT = "constraints: [max_words: 2, min_words: 3]\ncases: [{id: one, prompt: Say one thing.}]\n"


def suites(project: Project, options: Options) -> Suites:
    """Make the suites of a test run that judges nothing."""

    def nothing() -> Any:  # noqa: ANN401 - there is no drawing
        raise AssertionError

    return Suites(options, project.root, Judging(options, nothing))


def concluded(drawn: DrawnSuite, options: Options | None = None) -> list[str]:
    """Conclude a session, and return what is said."""
    conclusion = Conclusion(drawn.planned.project, "this one", suites(drawn.planned.project, options or Options()))
    conclusion.write()
    return list(conclusion.lines({}))


def test_the_runs_of_the_session_are_summed_up(draw_suite: DrawSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what can hardly be meant in their suites, and what was written of them."""
    drawn = draw_suite(TEXT, lambda _: "Yes.")
    path = str(drawn.planned.path)
    drawn.store.session_runs.open("this one", path, drawn.found.id)
    drawn.store.session_runs.note("this one", path, state="ended", problems={})
    monkeypatch.chdir(drawn.planned.project.root)
    said = concluded(drawn, Options(formats=("json",), update_baseline=True))
    assert said[0].startswith("warning: suites/small.yaml:")
    assert f"wrote reports/runs/{drawn.found.id}/report.json" in said
    assert "wrote reports/baselines/small.json" in said
    assert any(line.startswith(f"small: run {drawn.found.id}: 1 draw") for line in said)
    assert said[-1] == f"to see more: evalkit report {drawn.found.id}; evalkit show {drawn.found.id} --by-case"


def test_elsewhere_commands_name_the_project(
    draw_suite: DrawSuite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They would not find it."""
    drawn = draw_suite(TEXT, lambda _: "Yes.")
    drawn.store.session_runs.open("this one", str(drawn.planned.path), drawn.found.id)
    monkeypatch.chdir(tmp_path.parent)
    assert f"evalkit --project {drawn.planned.project.root} report" in concluded(drawn)[-1]


def test_a_session_without_runs_says_nothing(draw_suite: DrawSuite) -> None:
    """Those of others are no matter of it."""
    drawn = draw_suite(TEXT, lambda _: "Yes.")
    drawn.store.session_runs.open("another one", str(drawn.planned.path), drawn.found.id)
    assert concluded(drawn) == []


def test_without_a_store_none_is_made(small_project: SmallProject) -> None:
    """A session that drew nothing leaves nothing."""
    project = small_project.project
    conclusion = Conclusion(project, "this one", suites(project, Options()))
    conclusion.write()
    assert list(conclusion.lines({})) == []
    assert not project.store.parent.exists()


def test_a_store_that_cannot_be_read_says_so(small_project: SmallProject) -> None:
    """In one line."""
    project = small_project.project
    small_project.write(".evalkit/runs.db", "this is no database, though it is long enough to be looked at\n" * 40)
    conclusion = Conclusion(project, "this one", suites(project, Options()))
    conclusion.write()
    (line,) = conclusion.lines({})
    assert "runs.db" in line
