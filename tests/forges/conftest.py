"""A strict GitHub and a strict GitLab on loopback, and clients that wait only for hundredths of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.forges.github import GitHub
from evalkit.forges.gitlab import GitLab
from evalkit.forges.http import Patience
from evalkit.forges.nights import Night
from forges.github import FakeGitHub
from forges.gitlab import FakeGitLab

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "token-of-the-tests"
PATIENCE = Patience(attempts=3, pause_s=0.01, longest_wait_s=5.0, timeout_s=5.0, limited_s=0.01)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """Give a GitHub with one repository."""
    with FakeGitHub(TOKEN) as server:
        yield server


@pytest.fixture
def gitlab() -> Iterator[FakeGitLab]:
    """Give a GitLab with one project."""
    with FakeGitLab(TOKEN) as server:
        yield server


def on_github(server: FakeGitHub, token: str = TOKEN) -> GitHub:
    """Return a client of the fake."""
    return GitHub(server.url, server.repository, token, PATIENCE)


def on_gitlab(server: FakeGitLab, token: str = TOKEN) -> GitLab:
    """Return a client of the fake."""
    return GitLab(server.url, server.project, token, PATIENCE)


def night(state: str, suite: str = "support", comment: str | None = None) -> Night:
    """Return what came out of one suite."""
    return Night(suite, state, f"{suite}: {state}.", f"## {suite}: {state}\n" if comment is None else comment)
