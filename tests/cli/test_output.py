"""Names of report formats."""

from __future__ import annotations

import pytest

from evalkit.cli.output import format_names
from evalkit.errors import UsageError


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
