"""Progress on stderr: one moving line at a terminal, one plain line every so often elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from evalkit.generate import Tally

_PLAIN_EVERY_S = 10.0
_MOVING_EVERY_S = 0.1


def open_progress() -> PlainProgress | MovingProgress:
    """Return what suits stderr."""
    return MovingProgress() if sys.stderr.isatty() else PlainProgress()


class PlainProgress:
    """Prints a line when something new is prepared, every ten seconds, and at the end."""

    def __init__(self, every_s: float = _PLAIN_EVERY_S) -> None:
        self._every_s = every_s
        self._last = time.monotonic()
        self._pace = Pace()
        self._prepared: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pace.tally is not None:
            click.echo(self._pace.line(), err=True)

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Print what a provider does, once for each thing it does."""
        if self._prepared.get(provider) != what and share in (None, 0):
            self._prepared[provider] = what
            click.echo(f"{provider}: {what}", err=True)

    def drawn(self, tally: Tally) -> None:
        """Print how far the run is, if it is time to."""
        self._pace.take(tally)
        now = time.monotonic()
        if now - self._last >= self._every_s:
            self._last = now
            click.echo(self._pace.line(), err=True)


class MovingProgress:
    """A bar at the terminal, with the pace beside it."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last = 0.0

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            BarColumn(bar_width=24), TextColumn("{task.description}"), console=Console(stderr=True), transient=False
        )
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            if self._pace.tally is not None:
                self._show(self._pace.tally)
            self._bar.stop()

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Move the provider's own bar, or start it."""
        assert self._bar is not None
        if provider not in self._tasks:
            self._tasks[provider] = self._bar.add_task("", total=None)
        self._bar.update(
            self._tasks[provider],
            description=f"{provider}: {what}",
            total=None if share is None else 1.0,
            completed=share or 0.0,
        )

    def drawn(self, tally: Tally) -> None:
        """Move the run's bar."""
        self._pace.take(tally)
        now = time.monotonic()
        if now - self._last >= _MOVING_EVERY_S:
            self._last = now
            self._show(tally)

    def _show(self, tally: Tally) -> None:
        assert self._bar is not None
        for task in self._tasks.values():
            self._bar.update(task, visible=False)
        if "" not in self._tasks:
            self._tasks[""] = self._bar.add_task("", total=tally.planned)
        self._bar.update(
            self._tasks[""], description=self._pace.line(), completed=tally.done, total=tally.planned, visible=True
        )


class Pace:
    """Done and total, rate, time left and failures, as one line."""

    def __init__(self) -> None:
        self.tally: Tally | None = None
        self._began = time.monotonic()

    def take(self, tally: Tally) -> None:
        """Note the tally; the clock starts with the first completion that a provider was asked for."""
        if self.tally is None:
            self._began = min(self._began, time.monotonic())
        self.tally = tally

    def line(self) -> str:
        """Write the line."""
        tally = self.tally
        if tally is None:
            return ""
        elapsed_s = max(time.monotonic() - self._began, 1e-9)
        rate = tally.asked / elapsed_s
        parts = [f"{tally.done:,}/{tally.planned:,}"]
        if tally.asked:
            parts.append(f"{rate:.1f}/s")
        if tally.output_tokens:
            parts.append(f"{tally.output_tokens / elapsed_s:,.0f} tokens/s")
        left = tally.planned - tally.done
        if left and rate:
            parts.append(f"{clock(left / rate)} left")
        if tally.reused:
            parts.append(f"{tally.reused:,} reused")
        parts += [
            f"{tally.outcomes[outcome]:,} {outcome}"
            for outcome in ("error", "refusal", "unsupported")
            if outcome in tally.outcomes
        ]
        parts += [f"{provider} stopped" for provider in tally.failures]
        return " · ".join(parts)


def clock(seconds: float) -> str:
    """Write a duration: `42 s`, `3:05`, `1:02:03`.

    >>> clock(185)
    '3:05'
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
