"""Options and limits of a local profile."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.errors import ProfileError
from evalkit.providers.local.options import LocalOptions, read_options
from evalkit.types import Profile


def profile(options: dict[str, Any] | None = None, limits: dict[str, float] | None = None) -> Profile:
    """Make a profile of the local adapter."""
    return Profile("tiny", "transformers", "tiny", options=options or {}, limits=limits or {})


def test_defaults() -> None:
    """float32 on whatever there is, with the model's own template."""
    assert read_options(profile()) == LocalOptions("float32", "auto", None)


@pytest.mark.parametrize(
    ("options", "limits", "message"),
    [
        pytest.param({"dtyp": "float32"}, {}, "no option `dtyp`", id="unknown option"),
        pytest.param({"dtype": "int8"}, {}, "`dtype` must be one of", id="unknown dtype"),
        pytest.param({"device": "tpu"}, {}, "`device` must be auto, cpu or cuda", id="unknown device"),
        pytest.param({"chat_template": 3}, {}, "`chat_template` must be a text", id="wrong type"),
        pytest.param({}, {"concurrency": 2}, "no limit `concurrency`", id="unknown limit"),
        pytest.param({}, {"batch_size": 2.5}, "`batch_size` must be a whole number", id="half a sample"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], limits: dict[str, float], message: str) -> None:
    """Every option is known, or refused with its name."""
    with pytest.raises(ProfileError, match=message):
        read_options(profile(options, limits))
