"""The worker process seen from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.own_code.process import EndedError, TooSlowError, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKS = str(Path(__file__).parents[1] / "constraints/own/checks.py")
ASKED = {"text": "please", "case": None}


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Return a worker of the test's own, ended with it."""
    made = Worker()
    yield made
    made.close()


def test_worker_goes_on_after_every_end(worker: Worker) -> None:
    """Killed, crashed or closed, it is started again."""
    assert worker.ask(CHECKS, "polite", ASKED, limit_s=10)["value"] == 1
    with pytest.raises(EndedError) as ended:
        worker.ask(CHECKS, "crashing", ASKED, limit_s=10)
    assert ended.value.code == 7
    with pytest.raises(TooSlowError) as slow:
        worker.ask(CHECKS, "hanging", {"text": "x", "case": None}, limit_s=0.3)
    assert (slow.value.limit_s, slow.value.importing) == (0.3, False)
    worker.close()
    assert worker.ask(CHECKS, "polite", ASKED, limit_s=10)["value"] == 1


def test_what_a_function_starts_is_killed_with_it(
    worker: Worker, tmp_path: Path, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """A child of the function's does not outlive the time limit."""
    source = (
        "import subprocess, time\n\n\ndef nesting(text, case):\n"
        "    child = subprocess.Popen(['sleep', '60'])\n"
        f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "    child.wait()\n"
    )
    path = tmp_path / "nesting.py"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(TooSlowError):
        worker.ask(str(path), "nesting", ASKED, limit_s=1.5)
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    wait_until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    """Tell whether a process is more than a name that nobody has asked after yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
