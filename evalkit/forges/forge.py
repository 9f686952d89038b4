"""What evalkit needs of a forge, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment on a pull request.

    Attributes:
        ours: Whether the token's own account wrote it.
        url: Where a person reads it; None where the forge does not say.
    """

    id: int
    body: str
    ours: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One open issue.

    Attributes:
        number: As people write it.
        ours: Whether the token's own account wrote it.
    """

    number: int
    title: str
    body: str
    ours: bool
    url: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Files to agree to.

    Attributes:
        branch: The branch that holds them; what it held before is replaced.
        base: The branch that they are for; None for the default branch.
        title: Of the request and of the commit.
        body: Of the request.
        files: Contents by path from the repository's root, with `/`.
    """

    branch: str
    base: str | None
    title: str
    body: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Proposed:
    """An open request with the proposed files.

    Attributes:
        done: What was done to it.
    """

    number: int
    url: str
    done: str


class Forge(Protocol):
    """A repository on GitHub or a project on GitLab, as far as evalkit writes to it."""

    @property
    def request_name(self) -> str:
        """What a request to merge is called there."""
        ...

    @property
    def limit_bytes(self) -> int:
        """How long a body may be in UTF-8, so that it is accepted however the forge counts."""
        ...

    def inert(self, text: str) -> str:
        """Return a text in which the forge finds no command; the result counts against the limit."""
        ...

    def comments(self, number: int) -> Iterator[Comment]:
        """Go through the comments on a request, the oldest first."""
        ...

    def add_comment(self, number: int, body: str) -> Comment:
        """Comment on a request."""
        ...

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:
        """Put another body in the place of a comment's."""
        ...

    def delete_comment(self, number: int, comment: Comment) -> None:
        """Delete a comment; one that is gone already is no error."""
        ...

    def issues(self, label: str) -> Iterator[Issue]:
        """Go through the open issues with a label."""
        ...

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue."""
        ...

    def edit_issue(self, issue: Issue, title: str, body: str) -> None:
        """Put another title and body in the place of an issue's."""
        ...

    def remark(self, issue: Issue, body: str) -> None:
        """Comment on an issue."""
        ...

    def close_issue(self, issue: Issue, *, done: bool) -> None:
        """Close an issue, as done or as not needed."""
        ...

    def propose(self, proposal: Proposal) -> Proposed | None:
        """Open a request with files, or bring the open one up to date; None when the base has them all."""
        ...
