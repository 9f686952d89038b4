"""GitLab's REST API, version 4.

| what | endpoint |
| --- | --- |
| who the token is | `GET /user` |
| comments | `GET`, `POST /projects/{id}/merge_requests/{iid}/notes`, `PUT`, `DELETE .../notes/{note_id}` |
| issues | `GET`, `POST /projects/{id}/issues`, `PUT .../issues/{iid}`, `POST .../issues/{iid}/notes` |

The token needs the scope `api` and, for issues and notes, the role Reporter; a job's own token may read notes but write
neither notes nor issues. It goes into `PRIVATE-TOKEN`, which takes personal, project and group tokens alike. Sources:
docs.gitlab.com/api/notes, /api/issues, /api/rest, and /ci/jobs/ci_job_token.

A note may have 1,000,000 characters, the description of an issue a few more. Lines that begin with `/` would be quick
actions, carried out with the rights of the token, so none of ours does; see `inert`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.forges.documents import maybe, part
from evalkit.forges.forge import Comment, Issue, Proposal, Proposed
from evalkit.forges.gitlab_files import propose
from evalkit.forges.http import Client, quoted
from evalkit.forges.text import without_quick_actions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.forges.http import Answer, Patience
    from evalkit.types import Json

_REPORTER = "scope `api` and role Reporter"


class GitLab:
    """One project.

    Args:
        api_url: Where the API begins, with `/api/v4`.
        project: The project's id, or its path.
        token: The token.
        patience: How often and how long is asked.
        ca_file: A certificate that the instance needs; None for those of this machine alone.
    """

    request_name = "merge request"
    limit_bytes = 1_000_000

    def __init__(
        self, api_url: str, project: str, token: str, patience: Patience, *, ca_file: str | None = None
    ) -> None:
        headers = {"Accept": "application/json", "PRIVATE-TOKEN": token}
        self._client = Client("GitLab", api_url, headers, advice=advice, patience=patience, ca_file=ca_file)
        self._root = f"/projects/{quoted(project)}"
        self._user: Json = None

    def inert(self, text: str) -> str:
        """Return a text without quick actions; what is sent is made so once more, which changes nothing then."""
        return without_quick_actions(text)

    def comments(self, number: int) -> Iterator[Comment]:
        """Go through the comments on a merge request, the oldest first."""
        query = {"sort": "asc", "order_by": "created_at"}
        for each in self._client.pages(f"{self._root}/merge_requests/{number}/notes", query, needs=_REPORTER):
            if not maybe(each, "system"):
                yield self._comment(each)

    def add_comment(self, number: int, body: str) -> Comment:
        """Comment on a merge request."""
        path, document = f"{self._root}/merge_requests/{number}/notes", {"body": without_quick_actions(body)}
        return self._comment(self._client.ask("POST", path, document=document, needs=_REPORTER).document)

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:
        """Put another body in the place of a comment's."""
        path = f"{self._root}/merge_requests/{number}/notes/{comment.id}"
        self._client.ask("PUT", path, document={"body": without_quick_actions(body)}, needs=_REPORTER)

    def delete_comment(self, number: int, comment: Comment) -> None:
        """Delete a comment; one that is gone already is no error."""
        path = f"{self._root}/merge_requests/{number}/notes/{comment.id}"
        self._client.ask("DELETE", path, needs=_REPORTER, absent=True)

    def issues(self, label: str) -> Iterator[Issue]:
        """Go through the open issues with a label."""
        query = {"state": "opened", "labels": label, "order_by": "created_at", "sort": "asc"}
        for each in self._client.pages(f"{self._root}/issues", query, needs=_REPORTER):
            yield self._issue(each)

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue; a label that is new is made."""
        document = {"title": title, "description": without_quick_actions(body), "labels": label}
        return self._issue(
            self._client.ask("POST", f"{self._root}/issues", document=document, needs=_REPORTER).document
        )

    def edit_issue(self, issue: Issue, title: str, body: str) -> None:
        """Put another title and body in the place of an issue's."""
        self._change(issue, {"title": title, "description": without_quick_actions(body)})

    def remark(self, issue: Issue, body: str) -> None:
        """Comment on an issue."""
        path, document = f"{self._root}/issues/{issue.number}/notes", {"body": without_quick_actions(body)}
        self._client.ask("POST", path, document=document, needs=_REPORTER)

    def close_issue(self, issue: Issue, *, done: bool) -> None:  # noqa: ARG002 - GitLab keeps no reason
        """Close an issue."""
        self._change(issue, {"state_event": "close"})

    def propose(self, proposal: Proposal) -> Proposed | None:
        """Open a merge request with files, or bring the open one up to date; None when the base has them all."""
        return propose(self._client, self._root, proposal)

    def _change(self, issue: Issue, document: dict[str, Json]) -> None:
        self._client.ask("PUT", f"{self._root}/issues/{issue.number}", document=document, needs=_REPORTER)

    def _comment(self, document: Json) -> Comment:
        return Comment(part(document, "id"), maybe(document, "body") or "", self._ours(document))

    def _issue(self, document: Json) -> Issue:
        return Issue(
            part(document, "iid"),
            part(document, "title"),
            maybe(document, "description") or "",
            self._ours(document),
            part(document, "web_url"),
        )

    def _ours(self, document: Json) -> bool:
        if self._user is None:
            self._user = part(self._client.ask("GET", "/user", needs="scope `api`").document, "id")
        return bool(maybe(document, "author", "id") == self._user)


def advice(answer: Answer, words: str, needs: str) -> str | None:  # noqa: ARG001 - what a forge may need
    """Return what to do about a refusal of GitLab's."""
    if answer.status == 401:
        return "EVALKIT_GITLAB_TOKEN is not valid (any more); a project access token does, the job's own token does not"
    if answer.status == 403:
        return f"give the token of EVALKIT_GITLAB_TOKEN {needs}" if needs else None
    if answer.status == 404:
        return f"is the project or number right? GitLab says 404, too, where the token lacks {needs}"
    return "this is likely a fault of evalkit; please report it" if answer.status in (400, 422) else None
