"""From a suite's file and the options to what is planned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.choices import read_choices
from evalkit.errors import BaselineError, ProfileError, UsageError
from evalkit.plugin.options import Options
from evalkit.plugin.planning import plan_suite

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.plugin.planning import Plan
    from tests.conftest import SmallProject

GATES = "gates:\n  - {measure: adherence, at_least: 0.5}\n  - {measure: adherence, at_least: 0.5}\n"


def plan(project: SmallProject, options: Options | None = None, more: str = "") -> Plan:
    """Plan the small suite, with more at its end."""
    file = project.folder / "suites/small.yaml"
    file.write_text(file.read_text() + more)
    return plan_suite(file, options or Options(), project.folder)


def test_items_have_names_and_lines(small_project: SmallProject) -> None:
    """Gates that are alike are numbered."""
    found = plan(small_project, more=GATES)
    names = [name for name, _ in found.cells()]
    assert names[:2] == ["script[t:0.0][system:none][one]", "script[t:0.0][system:none][two]"]
    assert len(set(names)) == 8
    assert [name for name, _ in found.gates()] == ["gate[adherence][at_least:0.5]", "gate[adherence][at_least:0.5][2]"]
    assert found.case_lines == {"one": 15, "two": 17}
    assert found.gate_lines == (21, 22)


def test_options_narrow_and_widen_what_is_planned(small_project: SmallProject) -> None:
    """Providers take the place of the suite's; values of axes may be new."""
    small_project.write("providers/other.yaml", "adapter: scripted\nmodel: other\n")
    choices = tuple(read_choices(["temperature=0.5", "system=dense"], "--evalkit-set"))
    found = plan(small_project, Options(providers=("other",), choices=choices))
    assert [name for name, _ in found.cells()] == ["other[t:0.5][system:dense][one]", "other[t:0.5][system:dense][two]"]


def test_a_suite_without_a_project_is_in_the_root_of_the_test_run(tmp_path: Path) -> None:
    """Unless it lies elsewhere; then its own folder is all there is."""
    text = "suite: alone\nproviders: [smollm2]\ncases: [{id: a, prompt: Hi.}]\n"
    (tmp_path / "here/suites").mkdir(parents=True)
    (tmp_path / "there").mkdir()
    for folder in ("here/suites", "there"):
        (tmp_path / folder / "alone.yaml").write_text(text)
    root = tmp_path / "here"
    assert plan_suite(root / "suites/alone.yaml", Options(), root).planned.project.root == root
    assert plan_suite(tmp_path / "there/alone.yaml", Options(), root).planned.project.root == tmp_path / "there"


def test_what_can_hardly_be_meant_is_kept_for_the_end(small_project: SmallProject) -> None:
    """It is no reason to stop."""
    file = small_project.folder / "suites/small.yaml"
    file.write_text(file.read_text().replace("- max_words: 8", "- max_words: 8\n  - min_words: 20"))
    warnings = plan(small_project).warnings
    assert warnings
    assert all("suites/small.yaml:" in words for words in warnings)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (Options(providers=("scirpt",)), ProfileError, "no provider `scirpt`"),
        (Options(baseline="nightly"), BaselineError, "no baseline `nightly`"),
        (Options(baseline="a/b"), BaselineError, "`a/b` cannot name a baseline"),
        (Options(choices=tuple(read_choices(["system=fluffy"], "x"))), UsageError, "--evalkit-set system=fluffy: "),
    ],
    ids=["provider", "baseline", "name of a baseline", "value"],
)
def test_what_cannot_be_planned_says_why(
    small_project: SmallProject, options: Options, kind: type[Exception], message: str
) -> None:
    """Before anything is asked."""
    with pytest.raises(kind, match=message.replace("/", "[/]")):
        plan(small_project, options)


def test_a_baseline_that_is_yet_to_be_made_asks_for_nothing(small_project: SmallProject) -> None:
    """Where it is to be made by this very run."""
    found = plan(small_project, Options(baseline="{suite}", update_baseline=True))
    assert found.planned.baseline is None
    assert found.gate_lines == ()
    with pytest.raises(BaselineError, match="no baseline `small`"):
        plan(small_project, replace(Options(), baseline="{suite}"))
