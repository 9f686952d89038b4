"""Names of report formats."""

from __future__ import annotations

import pytest

from evalkit.cli.output import format_names, say_change
from evalkit.errors import UsageError
from evalkit.findings import Change, Report, Summary


@pytest.mark.parametrize(
    ("formats", "names"),
    [
        pytest.param("json", ["json"], id="one"),
        pytest.param("json, md", ["json", "md"], id="two, with a space"),
        pytest.param("none", [], id="none"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_names_are_read(formats: str, names: list[str]) -> None:
    """Names are separated by commas; `none` is no format."""
    assert format_names(formats) == names


def test_unknown_format_is_refused() -> None:
    """A near name is suggested."""
    with pytest.raises(UsageError, match="no report format named `jsn`") as caught:
        format_names("md,jsn")
    assert caught.value.hint == "did you mean `json`?"


@pytest.mark.parametrize(("changed", "failing"), [(True, False), (True, True), (False, False), (None, True)])
def test_a_changed_model_is_said_on_stderr(
    capsys: pytest.CaptureFixture[str], *, changed: bool | None, failing: bool
) -> None:
    """With the option that lets it fail, where it does not; nothing is said where nothing was found."""
    change = Change("script", "texts", 0.001, 0.004, changed=changed, words="words")
    say_change(Report(Summary("run", "suite", 1, "hash", ()), changes=(change,)), failing=failing)
    said = capsys.readouterr()
    assert said.out == ""
    assert ("the model changed" in said.err) == bool(changed)
    assert ("--fail-on-change" in said.err) == (bool(changed) and not failing)
