"""When a run goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.cli.going_on import may_pass, read_pauses
from evalkit.errors import MissingKeyError, MissingPackageError, ProviderError, UsageError
from evalkit.generate import Tally
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors


@pytest.mark.parametrize(
    ("text", "pauses"), [(None, ()), ("", ()), ("60", (60.0,)), ("60, 300", (60.0, 300.0)), ("0,0.5,", (0.0, 0.5))]
)
def test_pauses_are_seconds(text: str | None, pauses: tuple[float, ...]) -> None:
    """One for each further try; none without the option."""
    assert read_pauses(text) == pauses


@pytest.mark.parametrize("text", ["soon", "-1", "60,nan", "inf", "60 300"])
def test_other_pauses_are_refused(text: str) -> None:
    """The value met is said."""
    with pytest.raises(UsageError, match="--retry-after takes seconds, got"):
        read_pauses(text)


@pytest.mark.parametrize(
    ("tally", "passes"),
    [
        (Tally(), True),
        (Tally(failures={"a": ProviderError("down")}), True),
        (Tally(failures={"a": ProviderError("down"), "b": MissingKeyError("no key")}), True),
        (Tally(failures={"a": MissingKeyError("no key"), "b": MissingPackageError("no package")}), False),
        (Tally(over_budget=True, failures={"a": ProviderError("down")}), False),
    ],
    ids=["failed calls", "a provider", "one of two", "not set up", "the cap"],
)
def test_what_time_does_not_mend_is_not_waited_for(tally: Tally, passes: bool) -> None:
    """A key, a package or a higher cap does not come by waiting."""
    assert may_pass(tally) is passes


def _failing(vendors: FakeVendors, calls: int) -> None:
    """Let so many calls fail, and the others pass."""
    left = iter(range(calls))
    vendors.fault = lambda _asked: None if next(left, None) is None else Fault("status", 400)


def test_an_incomplete_run_goes_on_after_a_pause(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """Only what failed is asked for again, and the exit code and the reports are those of the last try."""
    hosted("openai", "gpt-4.1-mini")
    _failing(vendors, 15)
    done = evalkit("run", "suites/small.yaml", "--retry-after", "0,0,0", "--format", "json", "--out", "out")
    assert len(vendors.completions("openai")) == 12 + 12 + 3
    assert done.stderr.count("going on in 0 s") == 2
    assert done.stderr.count("resuming run") == 2
    assert '"missing": 0' in (evalkit.folder / "out/report.json").read_text(encoding="utf-8").replace('":0', '": 0')


def test_what_stays_incomplete_exits_3(evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]) -> None:
    """After as many tries as there are pauses, and one."""
    hosted("openai", "gpt-4.1-mini")
    _failing(vendors, 1000)
    evalkit("run", "suites/small.yaml", "--repeats", "2", "--retry-after", "0,0", "--format", "none", expect=3)
    assert len(vendors.completions("openai")) == 3 * 8


def test_a_selection_goes_on_as_it_began(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """Options that a resumed run has settled do not stand in its way."""
    hosted("openai", "gpt-4.1-mini")
    _failing(vendors, 2)
    options = ("--case", "one", "--set", "system=dense", "--repeats", "2", "--seed", "5")
    evalkit("run", "suites/small.yaml", *options, "--retry-after", "0", "--format", "none")
    assert len(vendors.completions("openai")) == 4


def test_pauses_are_read_before_anything_is_drawn(evalkit: CommandLine) -> None:
    """A slip costs nothing."""
    done = evalkit("run", "suites/small.yaml", "--retry-after", "soon", expect=2)
    assert "--retry-after takes seconds, got `soon`" in done.stderr
    assert not (evalkit.folder / ".evalkit").exists()
