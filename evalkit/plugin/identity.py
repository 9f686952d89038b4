"""What a test session is called, in the controller and all workers of pytest-xdist."""

from __future__ import annotations

import os
from typing import Any

import pytest

WORKER_INPUT = "evalkit_session"
"""Under which key the controller of pytest-xdist hands the session's id to its workers."""
_SESSION = pytest.StashKey[str]()


def session_id(config: pytest.Config) -> str:
    """Return the id of a test session, the same in the controller and all workers of pytest-xdist.

    It is not `testrunuid`, which a user may give to one test run after the other.
    """
    handed: dict[str, str] = getattr(config, "workerinput", {})
    if WORKER_INPUT in handed:
        return handed[WORKER_INPUT]
    return config.stash.setdefault(_SESSION, os.urandom(16).hex())


def hand_over(node: Any) -> None:  # noqa: ANN401 - a worker of pytest-xdist, which has no types
    """Hand a worker the session's id."""
    node.workerinput[WORKER_INPUT] = session_id(node.config)
