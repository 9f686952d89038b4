"""The progress lines."""

from __future__ import annotations

import pytest

from evalkit.cli.progress import Pace, PlainProgress, clock
from evalkit.errors import ProviderError
from evalkit.generate import Tally


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        pytest.param(0.2, "0 s", id="less than a second"),
        pytest.param(59.4, "59 s", id="under a minute"),
        pytest.param(60, "1:00", id="a minute"),
        pytest.param(3661, "1:01:01", id="over an hour"),
    ],
)
def test_clock(seconds: float, text: str) -> None:
    """Durations are written as people say them."""
    assert clock(seconds) == text


def test_line_names_what_went_wrong() -> None:
    """Done and total, reused, errors and stopped providers are in the line."""
    pace = Pace()
    tally = Tally(planned=2000, already=100, reused=50, asked=40, output_tokens=400)
    tally.outcomes = {"complete": 37, "error": 3}
    tally.failures = {"far": ProviderError("gone")}
    pace.take(tally)
    line = pace.line()
    assert line.startswith("190/2,000 · ")
    assert "tokens/s" in line
    assert "left" in line
    assert line.endswith("50 reused · 3 error · far stopped")


def test_plain_progress_prints_when_it_is_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a line comes every so often, and one at the end; nothing moves."""
    tally = Tally(planned=3)
    with PlainProgress(every_s=0.0) as progress:
        progress.preparing("smollm2", "loading", None)
        progress.preparing("smollm2", "loading", None)
        for _ in range(3):
            tally.asked += 1
            progress.drawn(tally)
    err = capsys.readouterr().err
    assert err.splitlines()[0] == "smollm2: loading"
    assert [line.split(" ")[0] for line in err.splitlines()[1:]] == ["1/3", "2/3", "3/3", "3/3"]
    assert "\r" not in err
    assert "\x1b" not in err


def test_plain_progress_is_rare_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """A fast run prints its last line only."""
    tally = Tally(planned=3)
    with PlainProgress() as progress:
        for _ in range(3):
            tally.asked += 1
            progress.drawn(tally)
    assert len(capsys.readouterr().err.splitlines()) == 1
