"""Workflows out of templates, for the suites that a project has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.cli.ci_files import Installation, Nightly, nightly_of, rendered, with_folders
from evalkit.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.project import Project

GATE = "gates: [{measure: adherence, no_worse_than: baseline}]\n"
SUITE = """\
suite: {name}
providers: [{provider}]
repeats: 2
cases: [{{id: one, prompt: Hi., constraints: [max_words: 9]}}]
"""


def _project(folder: Path, **suites: str) -> Project:
    """Make a project with suites by the names of their files."""
    (folder / "suites").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    for name, text in suites.items():
        (folder / f"suites/{name}.yaml").write_text(text, encoding="utf-8")
    return find_project(root=folder)


def _suite(name: str, provider: str = "script", more: str = GATE) -> str:
    return SUITE.format(name=name, provider=provider) + more


def _warned(message: str) -> None:
    pytest.fail(message)


def test_suites_with_a_gate_on_a_baseline_are_run_each_night(tmp_path: Path) -> None:
    """Not those without, and nothing that is no suite; keys and extras are those of their providers and judges."""
    judged = "constraints: [judge: {question: Is it kind?, by: claude}]\n"
    project = _project(
        tmp_path,
        a=_suite("first", "openai"),
        b=_suite("second", "smollm2", GATE + judged),
        c=_suite("sweep", "gemini", ""),
        d="prompts: {one: Hello.}\n",
    )
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    assert nightly_of(project, _warned) == Nightly(
        {"first": "suites/a.yaml", "second": "suites/b.yaml"},
        ("claude", "local", "openai"),
        ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"),
        embedded=True,
        requirements=True,
    )


def test_a_suite_that_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    """The others are taken."""
    project = _project(tmp_path, a="suite: broken\n", b=_suite("lost", "nobody"), c=_suite("good", "openai"))
    said: list[str] = []
    assert list(nightly_of(project, said.append).suites) == ["good"]
    assert [line.partition(" is not in the workflows: ")[0] for line in said] == ["a.yaml", "b.yaml"]
    assert "no provider `nobody`" in said[1]


TEMPLATE = """\
run: @INSTALL_ALL@
light: @INSTALL_CORE@
tests: @INSTALL_TESTS@
# [model
model: kept
# model]
step:
  # KEYS
  run: evalkit run @SUITES@
own:
  env:
    A: b
    # SECRETS
# [each
- @NAME@ of @SUITE@
# each]
names: [@NAMES@]
pytest @TESTS@
"""


def test_templates_are_filled_in() -> None:
    """A file's name with a blank is quoted for the shell, and one that looks like a mark is none."""
    nightly = Nightly(
        {"a": "suites/a b.yaml", "no": "suites/@NAME@.yaml"}, ("claude", "local"), ("KEY",), embedded=True
    )
    assert rendered(TEMPLATE, nightly).splitlines() == [
        'run: python -m pip install "prompt-evalkit[claude,local]"',
        "light: python -m pip install prompt-evalkit",
        'tests: python -m pip install "prompt-evalkit[claude,local]" pytest',
        "model: kept",
        "step:",
        "  env:",
        "    KEY: ${{ secrets.KEY }}",
        "  run: evalkit run 'suites/a b.yaml' suites/@NAME@.yaml",
        "own:",
        "  env:",
        "    A: b",
        "    KEY: ${{ secrets.KEY }}",
        "- a of 'suites/a b.yaml'",
        "- no of suites/@NAME@.yaml",
        'names: ["all", "a", "no"]',
        "pytest --evalkit 'suites/a b.yaml' --evalkit suites/@NAME@.yaml 'suites/a b.yaml' suites/@NAME@.yaml",
    ]


def test_what_is_not_needed_is_left_out() -> None:
    """No key, no model that is kept, no extra."""
    text = rendered(TEMPLATE, Nightly({"a": "suites/a.yaml"}), Installation("here", "core", "tests"))
    assert text.startswith("run: here\nlight: core\ntests: tests\nstep:\n  run: evalkit run suites/a.yaml\n")
    assert "secrets." not in text


def test_renamed_folders_are_named_so(tmp_path: Path) -> None:
    """As [tool.evalkit] says; what only looks like one stays."""
    (tmp_path / "pyproject.toml").write_text('[tool.evalkit]\nsuites = "evals/s"\nreports = "out"\n', encoding="utf-8")
    text = with_folders("suites/a.yaml my/suites/b.yaml reports/night providers/**", find_project(root=tmp_path))
    assert text == "evals/s/a.yaml my/suites/b.yaml out/night providers/**"
