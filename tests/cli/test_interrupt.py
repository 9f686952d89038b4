"""Ctrl-C while a coroutine runs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from evalkit.cli.interrupt import run_interruptibly

if TYPE_CHECKING:
    from pathlib import Path


async def seven() -> int:
    """Return 7."""
    return 7


def test_value_is_returned() -> None:
    """Without an interrupt the coroutine's value comes back."""
    assert run_interruptibly(seven()) == 7


def run_script(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, with `kill()` at hand to send itself SIGINT."""
    script = folder / "script.py"
    head = """
    import asyncio, os, signal, time
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.errors import InterruptedRunError

    def kill():
        os.kill(os.getpid(), signal.SIGINT)
    """
    script.write_text(textwrap.dedent(head) + textwrap.dedent(body), encoding="utf-8")
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)


def test_first_ctrl_c_lets_the_work_clean_up(tmp_path: Path) -> None:
    """The coroutine is cancelled, its `finally` runs, and the caller learns of the interrupt."""
    done = run_script(
        tmp_path,
        """
        async def work():
            asyncio.get_running_loop().call_later(0.1, kill)
            try:
                await asyncio.sleep(30)
            finally:
                print("cleaned up")

        try:
            run_interruptibly(work())
        except InterruptedRunError:
            print("interrupted")
        """,
    )
    assert done.stdout == "cleaned up\ninterrupted\n"
    assert done.returncode == 0


@pytest.mark.parametrize("cleaning", ["await asyncio.sleep(30)", "time.sleep(30)"], ids=["waiting", "blocked"])
def test_second_ctrl_c_ends_the_process_at_once(tmp_path: Path, cleaning: str) -> None:
    """A clean-up that hangs does not hold up a second Ctrl-C."""
    done = run_script(
        tmp_path,
        f"""
        import threading

        async def work():
            asyncio.get_running_loop().call_later(0.1, kill)
            threading.Timer(0.6, kill).start()
            try:
                await asyncio.sleep(30)
            finally:
                {cleaning}

        run_interruptibly(work())
        """,
    )
    assert done.returncode == 130
    assert "Ctrl-C again to stop at once" in done.stderr
