"""What several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from evalkit.cli.common import baseline_option, project_of, suite_argument, warn

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@suite_argument(many=True)
@baseline_option("Hold it against this.")
def _command(suites: tuple[str, ...], baseline: str | None) -> None:
    warn(f"{suites} {baseline}")


def test_suites_and_baseline_mean_the_same_everywhere() -> None:
    """Suites are arguments, at least one; the baseline has a name or none; what is doubtful goes to stderr."""
    done = CliRunner().invoke(_command, ["a.yaml", "b.yaml", "--baseline", "main"])
    assert (done.stdout, done.stderr) == ("", "warning: ('a.yaml', 'b.yaml') main\n")
    assert CliRunner().invoke(_command, []).exit_code == 2
    assert "Hold it against this." in CliRunner().invoke(_command, ["--help"]).stdout


def test_the_project_is_the_one_that_is_named(tmp_path: Path) -> None:
    """Else the one around where the command begins to look."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    context = click.Context(_command, obj={"project": None})
    assert project_of(context, tmp_path / "inner").root == tmp_path
    assert project_of(click.Context(_command, obj={"project": tmp_path / "inner"})).root == tmp_path / "inner"
