"""GitHub's REST API, version 2022-11-28, which also GitHub Enterprise Server has.

| what | endpoint | permission of the token |
| --- | --- | --- |
| who the token is | `GET /user` | none; 403 for the token of a workflow or of an app |
| comments | `GET`, `POST /repos/{owner}/{repo}/issues/{number}/comments` | pull-requests: write |
| a comment | `PATCH`, `DELETE /repos/{owner}/{repo}/issues/comments/{id}` | pull-requests: write |
| issues | `GET`, `POST /repos/{owner}/{repo}/issues`, `PATCH .../issues/{number}` | issues: write |
| labels | `POST /repos/{owner}/{repo}/issues/{number}/labels` | issues: write |

A pull request is an issue there, so comments on both go through the same endpoint, and lists of issues hold pull
requests with the key `pull_request`. Sources: docs.github.com/rest/issues/issues, /comments and /labels, and "Best
practices for using the REST API".

GitHub says that 65,536 characters are the limit of a body. What it counts has differed by endpoint and year (characters
for pull requests, four times as many bytes for comments), so 65,536 bytes it is here: that is accepted however it
counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import ForgeError
from evalkit.forges.documents import maybe, part
from evalkit.forges.forge import Comment, Issue, Proposal, Proposed
from evalkit.forges.github_files import propose
from evalkit.forges.http import Client, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.forges.http import Answer, Patience
    from evalkit.types import Json

API_VERSION = "2022-11-28"
_COMMENTS, _ISSUES = "pull-requests: write", "issues: write"


class GitHub:
    """One repository.

    Args:
        api_url: Where the API begins; https://api.github.com or that of an Enterprise Server.
        repository: `owner/name`.
        token: The token.
        patience: How often and how long is asked.
    """

    request_name = "pull request"
    limit_bytes = 65_536

    def __init__(self, api_url: str, repository: str, token: str, patience: Patience) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        self._client = Client("GitHub", api_url, headers, advice=advice, patience=patience)
        self._root = f"/repos/{quoted(*repository.split('/', 1))}"
        self._owner = repository.split("/", 1)[0]
        self._login: str | None = None
        self._asked = False

    def inert(self, text: str) -> str:
        """Return the text: GitHub has no commands in texts."""
        return text

    def comments(self, number: int) -> Iterator[Comment]:
        """Go through the comments on a pull request, the oldest first."""
        for each in self._client.pages(f"{self._root}/issues/{number}/comments", {}, needs=_COMMENTS):
            yield self._comment(each)

    def add_comment(self, number: int, body: str) -> Comment:
        """Comment on a pull request."""
        path = f"{self._root}/issues/{number}/comments"
        return self._comment(self._client.ask("POST", path, document={"body": body}, needs=_COMMENTS).document)

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:  # noqa: ARG002 - an id is enough here
        """Put another body in the place of a comment's."""
        path = f"{self._root}/issues/comments/{comment.id}"
        self._client.ask("PATCH", path, document={"body": body}, needs=_COMMENTS)

    def delete_comment(self, number: int, comment: Comment) -> None:  # noqa: ARG002 - an id is enough here
        """Delete a comment; one that is gone already is no error."""
        self._client.ask("DELETE", f"{self._root}/issues/comments/{comment.id}", needs=_COMMENTS, absent=True)

    def issues(self, label: str) -> Iterator[Issue]:
        """Go through the open issues with a label."""
        query = {"state": "open", "labels": label, "sort": "created", "direction": "asc"}
        for each in self._client.pages(f"{self._root}/issues", query, needs=_ISSUES):
            if maybe(each, "pull_request") is None:
                yield self._issue(each)

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue.

        Raises:
            ForgeError: It was refused; or the label was, without which the issue would not be found again.
        """
        document = {"title": title, "body": body, "labels": [label]}
        opened = self._client.ask("POST", f"{self._root}/issues", document=document, needs=_ISSUES).document
        issue = self._issue(opened)
        if label.casefold() not in {str(part(each, "name")).casefold() for each in part(opened, "labels")}:
            # GitHub drops labels without a word where the token may open issues and no more.
            try:
                path = f"{self._root}/issues/{issue.number}/labels"
                self._client.ask("POST", path, document={"labels": [label]}, needs=_ISSUES)
            except ForgeError:
                self.close_issue(issue, done=False)
                raise
        return issue

    def edit_issue(self, issue: Issue, title: str, body: str) -> None:
        """Put another title and body in the place of an issue's."""
        self._change(issue, {"title": title, "body": body})

    def remark(self, issue: Issue, body: str) -> None:
        """Comment on an issue."""
        path = f"{self._root}/issues/{issue.number}/comments"
        self._client.ask("POST", path, document={"body": body}, needs=_ISSUES)

    def close_issue(self, issue: Issue, *, done: bool) -> None:
        """Close an issue, as completed or as not planned."""
        self._change(issue, {"state": "closed", "state_reason": "completed" if done else "not_planned"})

    def propose(self, proposal: Proposal) -> Proposed | None:
        """Open a pull request with files, or bring the open one up to date; None when the base has them all."""
        return propose(self._client, self._root, self._owner, proposal)

    def _change(self, issue: Issue, document: dict[str, Json]) -> None:
        self._client.ask("PATCH", f"{self._root}/issues/{issue.number}", document=document, needs=_ISSUES)

    def _comment(self, document: Json) -> Comment:
        body, url = maybe(document, "body") or "", maybe(document, "html_url")
        return Comment(part(document, "id"), body, self._ours(document), url)

    def _issue(self, document: Json) -> Issue:
        return Issue(
            part(document, "number"),
            part(document, "title"),
            maybe(document, "body") or "",
            self._ours(document),
            part(document, "html_url"),
        )

    def _ours(self, document: Json) -> bool:
        """Tell whether the token's account wrote this.

        The token of a workflow or an app may not ask who it is (403). It is a bot then, and what people write is not
        ours.
        """
        login = self._own_login()
        if login is None:
            return bool(maybe(document, "user", "type") == "Bot")  # there is no user where the account was deleted
        return bool(maybe(document, "user", "login") == login)

    def _own_login(self) -> str | None:
        if not self._asked:
            try:
                self._login = part(self._client.ask("GET", "/user", needs="").document, "login")
            except ForgeError as error:
                if error.status != 403:
                    raise
            self._asked = True
        return self._login


def advice(answer: Answer, words: str, needs: str) -> str | None:
    """Return what to do about a refusal of GitHub's."""
    if "permitted to create or approve pull requests" in words:
        return "allow it: Settings, Actions, General, `Allow GitHub Actions to create and approve pull requests`"
    if answer.status == 401:
        return "the token is not valid (any more); in a workflow, pass GITHUB_TOKEN: ${{ github.token }}"
    if answer.status == 403:
        # The header has `pull_requests=write; issues=write` for either of two, a workflow `pull-requests: write`.
        accepted = answer.headers.get("x-accepted-github-permissions", "").replace("=", ": ").replace("_", "-") or needs
        either = "` or `".join(each.strip() for each in accepted.split(";"))
        return f"give the job the permission: `permissions:` with `{either}`" if accepted else None
    if answer.status == 404:
        return f"is the repository or number right? GitHub says 404, too, where the token lacks `{needs}`"
    if answer.status == 410:
        return "issues are switched off in this repository, or this version of evalkit is too old for the API"
    return "this is likely a fault of evalkit; please report it" if answer.status == 422 else None
