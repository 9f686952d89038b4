"""Both forges on loopback, and one view of what either holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from evalkit.forges.github import GitHub
from evalkit.forges.gitlab import GitLab
from evalkit.forges.http import Patience
from evalkit.forges.nights import Night
from forges.github import BOT, FakeGitHub
from forges.gitlab import FakeGitLab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.forges.forge import Forge

TOKEN = "ghs_marker-91b3d0e27c55"
QUICK = Patience(attempts=4, pause_s=0.002, longest_wait_s=3.0, timeout_s=10.0, limited_s=0.01)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """Give a GitHub whose pages have two entries."""
    fake = FakeGitHub(TOKEN)
    with fake:
        yield fake


@pytest.fixture
def gitlab() -> Iterator[FakeGitLab]:
    """Give a GitLab whose pages have two entries."""
    fake = FakeGitLab(TOKEN)
    with fake:
        yield fake


@dataclass(frozen=True)
class Side:
    """One of the two, with what a test needs of it in one form."""

    fake: FakeGitHub | FakeGitLab
    forge: Forge

    def comments(self, number: int) -> list[str]:
        """Return the comments on a pull or merge request."""
        if isinstance(self.fake, FakeGitHub):
            return self.fake.said_on(number)
        return self.fake.said_on("merge_requests", number)

    def comment(self, number: int, body: str, *, ours: bool) -> None:
        """Have us or somebody else comment on one."""
        if isinstance(self.fake, FakeGitHub):
            self.fake.add_comment(number, body, BOT if ours else "mona")
        else:
            self.fake.add_note("merge_requests", number, body, self.fake.account if ours else 3)

    def open_issue(self, title: str, body: str, *, ours: bool, label: str = "evalkit") -> int:
        """Have us or somebody else open an issue, and return its number."""
        if isinstance(self.fake, FakeGitHub):
            return self.fake.add_issue(title, body, BOT if ours else "mona", (label,))["number"]
        return self.fake.add_issue(title, body, self.fake.account if ours else 3, label)["iid"]

    def issues(self) -> dict[int, tuple[str, str]]:
        """Return the open issues: title and body by number."""
        if isinstance(self.fake, FakeGitHub):
            return {each["number"]: (each["title"], each["body"]) for each in self.fake.open_issues()}
        return {each["iid"]: (each["title"], each["description"]) for each in self.fake.open_issues()}

    def remarks(self, number: int) -> list[str]:
        """Return the comments on an issue."""
        if isinstance(self.fake, FakeGitHub):
            return self.fake.said_on(number)
        return self.fake.said_on("issues", number)

    def requests(self) -> list[tuple[str, str]]:
        """Return the open requests: title and body."""
        if isinstance(self.fake, FakeGitHub):
            return [(each["title"], each["body"]) for each in self.fake.pulls.values() if each["state"] == "open"]
        return [(each["title"], each["description"]) for each in self.fake.requests_to_merge.values()]

    def writes(self) -> list[str]:
        """Return what was asked that changes something."""
        return [f"{each.method} {each.path}" for each in self.fake.requests if each.method not in ("GET", "HEAD")]


def github_side(fake: FakeGitHub) -> Side:
    """Return a GitHub with a client of it."""
    return Side(fake, GitHub(fake.url, fake.repository, TOKEN, QUICK))


def gitlab_side(fake: FakeGitLab) -> Side:
    """Return a GitLab with a client of it."""
    return Side(fake, GitLab(fake.url, fake.project, TOKEN, QUICK))


@pytest.fixture(params=["github", "gitlab"])
def side(request: pytest.FixtureRequest) -> Side:
    """Give each of the two."""
    fake = request.getfixturevalue(request.param)
    return github_side(fake) if isinstance(fake, FakeGitHub) else gitlab_side(fake)


@pytest.fixture
def night() -> Callable[..., Night]:
    """Give a function that makes what came out of a suite: `night("tone", "worse")`."""

    def make(suite: str = "tone", state: str = "good", comment: str | None = None) -> Night:
        return Night(suite, state, f"{suite} is {state}", comment or f"### {suite}: {state}\n\nAll of it.\n")

    return make
