"""A strict GitLab: one project, its notes, issues, merge requests and files.

Its rules are written from docs.gitlab.com/api, not from the client: the header of the token, what a job's own token may
do, fields, limits, pages by `x-next-page`, and what its endpoints return. Where GitLab ignores an unknown field this
refuses it. A line of a body that is a quick action is carried out and noted in `quick`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from forges.serving import Call, FakeForge, Refused, Reply

if TYPE_CHECKING:
    from forges.serving import Route

LONGEST = 1_000_000
ROLES = ("guest", "reporter", "developer")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class FakeGitLab(FakeForge):
    """One project.

    Attributes:
        job_token: A token that may read notes, and nothing else that is here.
        account: The id of the account whose the token is.
        role: What the account is in the project.
        quick: Quick actions that were carried out.
    """

    prefix = "/api/v4"

    def __init__(self, token: str, *, project: str = "42", account: int = 7, page: int = 2) -> None:
        super().__init__(page=page)
        self.token = token
        self.job_token = "glcbt-64_job"
        self.project = project
        self.account = account
        self.role = "developer"
        self.notes: list[dict[str, Any]] = []
        self.issues: dict[int, dict[str, Any]] = {}
        self.requests_to_merge: dict[int, dict[str, Any]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.branches: dict[str, str] = {}
        self.quick: list[str] = []
        self._ids = 100
        self.branches["main"] = self.add_commit([], {"README.md": b"# prompts\n"})

    def add_note(self, kind: str, number: int, body: str, author: int, *, system: bool = False) -> dict[str, Any]:
        """Have somebody comment on an issue or a merge request."""
        self._ids += 1
        note = {
            "id": self._ids,
            "kind": kind,
            "number": number,
            "body": body,
            "author": {"id": author, "username": f"user{author}"},
            "system": system,
        }
        self.notes.append(note)
        return note

    def add_issue(self, title: str, description: str, author: int, labels: str = "evalkit") -> dict[str, Any]:
        """Have somebody open an issue."""
        number = len(self.issues) + 1
        self.issues[number] = {
            "id": 1000 + number,
            "iid": number,
            "title": title,
            "description": description,
            "author": {"id": author, "username": f"user{author}"},
            "labels": labels.split(",") if labels else [],
            "state": "opened",
            "web_url": f"https://gitlab.example/acme/prompts/-/issues/{number}",
        }
        return self.issues[number]

    def open_issues(self) -> list[dict[str, Any]]:
        """Return the issues that are open."""
        return [issue for issue in self.issues.values() if issue["state"] == "opened"]

    def said_on(self, kind: str, number: int) -> list[str]:
        """Return what was commented on an issue or merge request."""
        return [note["body"] for note in self.notes if (note["kind"], note["number"]) == (kind, number)]

    def add_commit(self, parents: list[str], files: dict[str, bytes]) -> str:
        """Store a commit."""
        self._ids += 1
        sha = hashlib.sha1(str(self._ids).encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = {"id": sha, "parent_ids": parents, "files": dict(files)}
        return sha

    def files(self, branch: str) -> dict[str, bytes]:
        """Return what a branch holds."""
        return self.commits[self.branches[branch]]["files"]

    def admit(self, call: Call) -> None:
        """Refuse what has the wrong token, or one that may not do this."""
        given = call.headers.get("private-token")
        if given == self.job_token:
            raise Refused(401, "401 Unauthorized")  # a job's token goes into JOB-TOKEN
        if given != self.token:
            raise Refused(401, "401 Unauthorized")
        if call.document is not None and call.headers.get("content-type") != "application/json":
            raise Refused(406, "The requested content-type is not supported")

    def refusal(self, refused: Refused) -> Any:
        """Return the body of a refusal."""
        return {"message": refused.message}

    def name_next(self, call: Call, reply: Reply, page: int, last: int) -> None:  # noqa: ARG002 - that of the base
        """Name the next page by its number alone, as where totals are not counted."""
        reply.headers["x-next-page"] = str(page)

    def routes(self) -> list[Route]:
        """Return method, pattern and function of each endpoint."""
        project = f"/projects/{self.project}"
        notes = rf"{project}/(merge_requests|issues)/(\d+)/notes"
        return [
            ("GET", "/user", lambda _: Reply({"id": self.account, "username": f"user{self.account}"})),
            ("GET", project, lambda _: Reply({"id": int(self.project), "default_branch": "main"})),
            ("GET", notes, self._list_notes),
            ("POST", notes, self._note),
            ("PUT", rf"{notes}/(\d+)", self._edit_note),
            ("DELETE", rf"{notes}/(\d+)", self._delete_note),
            ("GET", f"{project}/issues", self._list_issues),
            ("POST", f"{project}/issues", self._open_issue),
            ("PUT", rf"{project}/issues/(\d+)", self._edit_issue),
            ("GET", rf"{project}/repository/branches/([^/]+)", self._branch),
            ("HEAD", rf"{project}/repository/files/([^/]+)", self._file),
            ("POST", f"{project}/repository/commits", self._commit),
            ("GET", f"{project}/merge_requests", self._list_requests),
            ("POST", f"{project}/merge_requests", self._open_request),
            ("PUT", rf"{project}/merge_requests/(\d+)", self._edit_request),
        ]

    def _may(self, role: str) -> None:
        if ROLES.index(self.role) < ROLES.index(role):
            raise Refused(403, "403 Forbidden")

    def _list_notes(self, call: Call) -> Reply:
        kind, number = call.parts[0], int(call.parts[1])
        found = [note for note in self.notes if (note["kind"], note["number"]) == (kind, number)]
        return self.paged(call, found if call.query.get("sort") == "asc" else found[::-1], "sort", "order_by")

    def _note(self, call: Call) -> Reply:
        self._may("reporter")
        body = self._body(call.fields(["body"])["body"])
        return Reply(self.add_note(call.parts[0], int(call.parts[1]), body, self.account), 201)

    def _edit_note(self, call: Call) -> Reply:
        self._may("reporter")
        note = self._there({each["id"]: each for each in self.notes}, int(call.parts[2]))
        if note["author"]["id"] != self.account:
            raise Refused(403, "403 Forbidden")
        note["body"] = self._body(call.fields(["body"])["body"])
        return Reply(note)

    def _delete_note(self, call: Call) -> Reply:
        self._may("reporter")
        self.notes.remove(self._there({each["id"]: each for each in self.notes}, int(call.parts[2])))
        return Reply(None, 204)

    def _list_issues(self, call: Call) -> Reply:
        label, state = call.query.get("labels"), call.query.get("state", "all")
        found = [
            issue
            for issue in self.issues.values()
            if state in ("all", issue["state"]) and (label is None or label in issue["labels"])
        ]
        ordered = found if call.query.get("sort") == "asc" else found[::-1]
        return self.paged(call, ordered, "state", "labels", "sort", "order_by")

    def _open_issue(self, call: Call) -> Reply:
        self._may("reporter")
        given = call.fields(["title"], ["description", "labels"])
        self._refuse_title(given)
        description = self._body(given.get("description", ""))
        return Reply(self.add_issue(given["title"], description, self.account, given.get("labels", "")), 201)

    def _edit_issue(self, call: Call) -> Reply:
        self._may("reporter")
        issue = self._there(self.issues, int(call.parts[0]))
        given = call.fields([], ["title", "description", "state_event"])
        self._refuse_title(given)
        if "description" in given:
            issue["description"] = self._body(given["description"])
        if given.get("state_event", "close") not in ("close", "reopen"):
            raise Refused(400, "state_event does not have a valid value")
        issue["title"] = given.get("title", issue["title"])
        if "state_event" in given:
            issue["state"] = {"close": "closed", "reopen": "opened"}[given["state_event"]]
        return Reply(issue)

    def _branch(self, call: Call) -> Reply:
        name = unquote(call.parts[0])
        commit = self.commits[self._there(self.branches, name)]
        return Reply({"name": name, "commit": {"id": commit["id"], "parent_ids": commit["parent_ids"]}})

    def _file(self, call: Call) -> Reply:
        call.only("ref")
        commit = self._there(self.commits, call.query["ref"])
        content: bytes = self._there(commit["files"], unquote(call.parts[0]))
        return Reply(headers={"X-Gitlab-Content-Sha256": hashlib.sha256(content).hexdigest()})

    def _commit(self, call: Call) -> Reply:
        self._may("developer")
        given = call.fields(["branch", "commit_message", "actions"], ["start_sha", "start_branch", "force"])
        if "start_sha" in given and "start_branch" in given:
            raise Refused(400, "start_branch, start_sha are mutually exclusive")
        if given["branch"] in self.branches and not given.get("force"):
            raise Refused(400, "A branch called that already exists. Switch to that branch in order to make changes")
        start = self._there(self.commits, given["start_sha"])
        files = dict(start["files"])
        for action in given["actions"]:
            if set(action) != {"action", "file_path", "content", "encoding"} or action["encoding"] != "base64":
                raise Refused(400, "actions are invalid")
            there = action["file_path"] in files
            if action["action"] == "create" and there:
                raise Refused(400, "A file with this name already exists")
            if action["action"] == "update" and not there:
                raise Refused(400, "A file with this name doesn't exist")
            files[action["file_path"]] = base64.b64decode(action["content"], validate=True)
        self.branches[given["branch"]] = self.add_commit([start["id"]], files)
        return Reply({"id": self.branches[given["branch"]]}, 201)

    def _list_requests(self, call: Call) -> Reply:
        wanted = {name: call.query[name] for name in ("state", "source_branch", "target_branch") if name in call.query}
        found = [
            each
            for each in self.requests_to_merge.values()
            if all(each[name] == value for name, value in wanted.items())
        ]
        return self.paged(call, found, "state", "source_branch", "target_branch")

    def _open_request(self, call: Call) -> Reply:
        self._may("developer")
        given = call.fields(["title", "source_branch", "target_branch"], ["description", "remove_source_branch"])
        self._there(self.branches, given["source_branch"])
        if any(
            each["source_branch"] == given["source_branch"] and each["state"] == "opened"
            for each in self.requests_to_merge.values()
        ):
            raise Refused(409, "Another open merge request already exists for this source branch: !1")
        number = len(self.requests_to_merge) + 1
        url = f"https://gitlab.example/acme/prompts/-/merge_requests/{number}"
        self.requests_to_merge[number] = {**given, "iid": number, "state": "opened", "web_url": url}
        return Reply(self.requests_to_merge[number], 201)

    def _edit_request(self, call: Call) -> Reply:
        self._may("developer")
        request = self._there(self.requests_to_merge, int(call.parts[0]))
        request.update(call.fields([], ["title", "description"]))
        return Reply(request)

    def _body(self, body: str) -> str:
        if len(body) > LONGEST:
            raise Refused(400, f"Note is too long (maximum is {LONGEST} characters)")
        self.quick += re.findall(r"^[^\S\n]*/\w+", _FENCED.sub("", body), re.MULTILINE)
        return body

    def _refuse_title(self, given: dict[str, Any]) -> None:
        if len(given.get("title", "")) > 255:
            raise Refused(400, "title is too long (maximum is 255 characters)")

    def _there(self, held: dict[Any, Any], name: Any) -> Any:
        if name not in held:
            raise Refused(404, "404 Not found")
        return held[name]
