"""The worker process seen from outside: started when first needed, killed when it takes too long, started again."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.types import Json

LOADING_S = 60.0
"""How long a user's file may take to be imported."""

_READ_AT_ONCE = 1 << 16
_WORKER = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from evalkit.own_code.worker import main; main()"


class TooSlowError(Exception):
    """The worker was killed for taking too long.

    Attributes:
        limit_s: What it was given.
        importing: Whether it was still importing the user's file.
    """

    def __init__(self, limit_s: float, *, importing: bool) -> None:
        super().__init__()
        self.limit_s = limit_s
        self.importing = importing


class EndedError(Exception):
    """The worker ended by itself.

    Attributes:
        code: Its exit status; below 0 the signal that ended it.
    """

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


@dataclass(slots=True)
class Worker:
    """One worker process, or none as long as nothing has been asked."""

    _process: subprocess.Popen[bytes] | None = None
    _loaded: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, path: str, function: str, asked: Json, *, limit_s: float) -> Json:
        """Have a function judge a text.

        Args:
            path: The user's file.
            function: A name in it.
            asked: `text` and `case`.
            limit_s: Seconds that the function may take; importing the file has its own limit.

        Raises:
            TooSlowError: It took longer.
            EndedError: It ended the process.
        """
        named = {"path": path, "function": function}
        with self._lock:
            if (path, function) not in self._loaded:
                answer = self._exchange(named, LOADING_S)
                if "fault" in answer:
                    return answer
                self._loaded.add((path, function))
            return self._exchange({**named, **asked}, limit_s)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._kill()

    def _exchange(self, request: Json, limit_s: float) -> Json:
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            process.stdin.flush()
            line = _read(process, limit_s, importing="text" not in request)
        except BrokenPipeError:
            line = b""
        except BaseException:  # Ctrl-C between question and answer: the next question must not get this answer
            self._kill()
            raise
        if not line.endswith(b"\n"):
            code = process.wait()
            self._kill()
            raise EndedError(code)
        return json.loads(line)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _WORKER, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is the parent's to handle, and what the function starts dies with it
            )
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        self._loaded.clear()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _read(process: subprocess.Popen[bytes], limit_s: float, *, importing: bool) -> bytes:
    """Return one line; less when the process ends before."""
    assert process.stdout is not None
    until = time.monotonic() + limit_s
    received: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not (received and received[-1].endswith(b"\n")):
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TooSlowError(limit_s, importing=importing)
            chunk = os.read(process.stdout.fileno(), _READ_AT_ONCE)
            if not chunk:
                break
            received.append(chunk)
    return b"".join(received)


@cache
def worker() -> Worker:
    """Return the one worker of this process; it ends with it."""
    made = Worker()
    atexit.register(made.close)
    return made
