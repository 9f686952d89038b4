"""Reads and checks the options that a test run was given."""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.choices import read_choices
from evalkit.errors import EvalkitError, suggestion
from evalkit.reports.registry import WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.choices import Chosen

SUITE = "{suite}"
INI_SUITES, INI_AT_LEAST = "evalkit_suites", "evalkit_at_least"


@dataclass(frozen=True, slots=True)
class Options:
    """What the ini file and the command line say, checked.

    Attributes:
        everywhere: Folders and files of suites that every test run without arguments of its own collects.
        named: Folders and files that the command line asks for besides.
        providers: Profiles to ask instead of the suites'.
        choices: Values of axes, as texts.
        max_cost_usd: What all runs of the session together may cost; None for no limit.
        baseline: Name of what runs are held against, in which `{suite}` stands for the suite's; None for nothing.
        update_baseline: Whether the session's runs become that baseline, or the one named like the suite.
        reuse: Whether stored answers to the same samples are taken.
        resume: Whether the newest unfinished run of the same selection goes on.
        require_decision: Whether what is undecided fails.
        require_providers: Whether a provider that cannot be used fails.
        formats: Names of the reports to write; empty for none.
        at_least: Share of a case's draws that must meet all constraints, where a suite has no gates; None for 1.0 at
            one repeat and 0.5 at more.
    """

    everywhere: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    providers: tuple[str, ...] = ()
    choices: tuple[Chosen, ...] = ()
    max_cost_usd: float | None = None
    baseline: str | None = None
    update_baseline: bool = False
    reuse: bool = False
    resume: bool = False
    require_decision: bool = False
    require_providers: bool = False
    formats: tuple[str, ...] = ()
    at_least: float | None = None

    @property
    def suites(self) -> tuple[Path, ...]:
        """Every folder and file in which suites are looked for."""
        return (*self.everywhere, *self.named)

    def baseline_of(self, suite_name: str) -> str | None:
        """Return the name of what a suite is held against; None for nothing."""
        return None if self.baseline is None else self.baseline.replace(SUITE, suite_name)

    def holds(self, file: Path) -> bool:
        """Tell whether a file is one of the named ones or lies below a named folder."""
        return any(file == each or each in file.parents for each in self.suites)


def read_options(config: pytest.Config) -> Options:
    """Read the options of a test run.

    Raises:
        pytest.UsageError: One of them cannot be.
    """
    given = config.option
    try:
        choices = tuple(read_choices(given.evalkit_set or (), "--evalkit-set"))
    except EvalkitError as error:
        raise refusal(error.message, error.hint) from error
    return Options(
        everywhere=_paths(config.getini(INI_SUITES), config.rootpath, INI_SUITES),
        named=_paths(given.evalkit or (), config.invocation_params.dir, "--evalkit"),
        providers=tuple(given.evalkit_provider or ()),
        choices=choices,
        max_cost_usd=_dollars(given.evalkit_max_cost),
        baseline=given.evalkit_baseline,
        update_baseline=given.evalkit_update_baseline,
        reuse=given.evalkit_reuse,
        resume=given.evalkit_resume,
        require_decision=given.evalkit_require_decision,
        require_providers=given.evalkit_require_providers,
        formats=_formats(given.evalkit_report),
        at_least=_share(config.getini(INI_AT_LEAST)),
    )


def refusal(message: str, hint: str | None = None) -> pytest.UsageError:
    """Return the error that ends a test run with this sentence and what to do about it."""
    return pytest.UsageError(message if hint is None else f"{message}\n\nhint: {hint}")


def _paths(texts: Iterable[str], base: Path, option: str) -> tuple[Path, ...]:
    """Resolve folders and files against where the option counts from."""
    paths: list[Path] = []
    for text in texts:
        path = Path(base, text)
        if not text.strip() or not path.exists():
            raise refusal(
                f"{option} names `{text}`, and there is no such file or folder in {base}",
                "it takes a folder with suites, or the file of one",
            )
        paths.append(Path(absolute(path)))
    return tuple(dict.fromkeys(paths))


def absolute(path: Path) -> str:
    """Write a path as pytest names it: absolute and without `..`, links left as they are."""
    return os.path.abspath(path)  # noqa: PTH100 - `resolve` follows links, and pytest does not


def _number(text: Any, option: str, what: str) -> float:  # noqa: ANN401 - a text, or a TOML file's number
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise refusal(f"{option} takes {what}, got `{text}`", f"for example {option} 0.5")
    return number


def _dollars(text: str | None) -> float | None:
    if text is None:
        return None
    dollars = _number(text, "--evalkit-max-cost", "US dollars")
    if dollars < 0:
        raise refusal(f"--evalkit-max-cost must be at least 0, got {text}", "0 asks only what is free")
    return dollars


def _share(text: Any) -> float | None:  # noqa: ANN401 - a text, or a TOML file's number
    if text in ("", None):
        return None
    share = _number(text, INI_AT_LEAST, "a share from 0 to 1")
    if not 0 <= share <= 1:
        raise refusal(f"{INI_AT_LEAST} must be a share from 0 to 1, got {text}", "80 % is written 0.8")
    return share


def _formats(text: str | None) -> tuple[str, ...]:
    """Read names of report writers, each once."""
    names = tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))
    known = WRITERS.names() if names else []
    for name in names:
        if name not in known and not name.startswith("./"):
            raise refusal(f"--evalkit-report has no format `{name}`", suggestion(name, known))
    return names
