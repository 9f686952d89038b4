"""The items of a test run: one case under one condition, one gate, or a suite that cannot be run.

What a provider did wrong is raised while an item is set up, so that pytest counts it as an error; what does not meet a
demand is raised when the item is called, and is a failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import EvalkitError, GateFailed

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.plugin.judging import Judging, Outcome
    from evalkit.plugin.planned import CellKey, Planned
    from evalkit.plugin.planning import Plan

SECTION = "evalkit"


class SuiteItem(pytest.Item):
    """One item of a suite that can be run.

    Attributes:
        planned: The suite.
        cells: What must be drawn before the item can be judged; declared at collection, and drawn as one batch with
            those of all items that are selected.
        judging: Judges what is drawn.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        cells: tuple[CellKey, ...],
        line: int,
        judging: Judging,
        **parts: Any,  # noqa: ANN401 - what pytest gives to every node
    ) -> None:
        super().__init__(**parts)  # pyright: ignore[reportUnknownMemberType] - pytest's own parts are untyped
        self.planned: Planned = plan.planned
        self.cells = cells
        self.judging = judging
        self._line = line
        self._outcome: Outcome | None = None

    @property
    def awaited(self) -> tuple[CellKey, ...]:
        """The cells that must be there before the item begins; none stands for all that is drawn of the suite."""
        return self.cells

    @property
    def only_set_up(self) -> bool:
        """Whether the test run shows what it would do (`--setup-plan`, `--setup-only`), for which nothing is asked."""
        return bool(self.config.getoption("setuponly", default=False))

    def setup(self) -> None:
        """Judge what is drawn, and raise what providers did wrong."""
        if self.only_set_up:
            return
        missing = self.judging.missing(self.planned, self.cells)
        if missing is not None:
            lenient = missing.kind == "unusable" and not self.judging.options.require_providers
            # Where the run was stopped, by -x for one, others may still have items in hand.
            raise (skipped if lenient or missing.kind == "stopped" else broken)(missing.words)
        try:
            self._outcome = self.judge()
        except EvalkitError as error:
            raise broken(words(error)) from error
        self.user_properties.extend(self._outcome.properties.items())
        if self._outcome.state == "error":
            raise broken("\n".join((*self._outcome.lines, *self.judging.problems(self.planned, self.cells))))

    def judge(self) -> Outcome:
        """Return what the item comes to."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Fail, skip or pass."""
        found = self._outcome
        assert found is not None, "it was set up"
        text = "\n".join(found.lines)
        if found.state == "failed":
            raise GateFailed(text)
        if found.state == "undecided":
            if self.judging.options.require_decision and not found.unsupported:
                raise GateFailed(text)
            raise skipped(" ".join(line.strip() for line in found.lines))
        self.add_report_section("call", SECTION, text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - as pytest's
        """Show the message alone: where in the plugin it was raised says nothing."""
        if not isinstance(excinfo.value, GateFailed):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash is not None:  # what `-ra` and `--tb=line` write in one line
            shown.reprcrash.message = str(excinfo.value).partition("\n")[0]
            shown.reprcrash.path = str(self.path)
            shown.reprcrash.lineno = self._line
        return shown

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where in the suite's file the case or the gate stands; pytest counts lines from 0."""
        return self.path, self._line - 1, _heading(self)


class CaseItem(SuiteItem):
    """One provider under one condition on one case."""

    def __init__(self, *, plan: Plan, cell: CellKey, **parts: Any) -> None:  # noqa: ANN401 - what pytest gives
        super().__init__(plan=plan, cells=(cell,), line=plan.case_lines[cell.case_id], **parts)

    def judge(self) -> Outcome:
        """Judge the case by its draws."""
        return self.judging.case(self.planned, self.cells[0])


class GateItem(SuiteItem):
    """One gate of a suite, over all of its cells."""

    def __init__(self, *, plan: Plan, number: int, **parts: Any) -> None:  # noqa: ANN401 - what pytest gives
        super().__init__(plan=plan, line=plan.gate_lines[number], **parts)
        self._number = number

    @property
    def awaited(self) -> tuple[CellKey, ...]:
        """None of its own: all gates of a suite are judged together, so that none may be judged by a part."""
        return ()

    def judge(self) -> Outcome:
        """Judge the gate by the run as a whole."""
        return self.judging.gate(self.planned, self._number)


class LoadItem(pytest.Item):
    """Stands for a suite that cannot be run, and says why."""

    def __init__(self, *, error: EvalkitError, **parts: Any) -> None:  # noqa: ANN401 - what pytest gives
        super().__init__(**parts)  # pyright: ignore[reportUnknownMemberType] - as above
        self._error = error

    def setup(self) -> None:
        """Raise what is wrong with the suite."""
        raise broken(words(self._error))

    def runtest(self) -> None:
        """Have nothing to do: setting it up has failed."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where in the file the fault is, if it is in it."""
        place = getattr(self._error, "location", None)
        line = place.line - 1 if place is not None and self.path.name == place.file.rpartition("/")[2] else None
        return self.path, line, _heading(self)


def _heading(item: pytest.Item) -> str:
    """Return what stands above a failure; the names of items alone would be the same in two suites."""
    return f"{item.name} ({item.path.name})"


def words(error: EvalkitError) -> str:
    """Write an error with what to do about it."""
    return error.message if error.hint is None else f"{error.message}\n\nhint: {error.hint}"


def broken(text: str) -> BaseException:
    """Return what ends an item with this text and without a traceback."""
    return pytest.fail.Exception(text, pytrace=False)


def skipped(reason: str) -> BaseException:
    """Return what skips an item; the skip is reported where the item stands, not where it is raised."""
    return pytest.skip.Exception(reason, _use_item_location=True)
