"""A strict GitLab: one project, its merge requests with notes, issues, branches, files and commits.

Its rules are written from docs.gitlab.com/api, not from the client. Where GitLab ignores an unknown field, this refuses
it.
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
REPORTER, DEVELOPER = 20, 30
OWN, OTHER = 7, 8
_QUICK_ACTION = re.compile(r"^/\w", re.MULTILINE)


class FakeGitLab(FakeForge):
    """One project.

    Attributes:
        role: The access level that the token has.
        commands: Lines of bodies that GitLab would have taken for quick actions.
    """

    prefix = "/api/v4"

    def __init__(self, token: str, *, project: str = "42", page: int = 2) -> None:
        super().__init__(page=page)
        self.token = token
        self.project = project
        self.role = DEVELOPER
        self.commands: list[str] = []
        self.notes: list[dict[str, Any]] = []
        self.issues: dict[int, dict[str, Any]] = {}
        self.requests_to_merge: dict[int, dict[str, Any]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.branches: dict[str, str] = {}
        self._ids = 500
        self.branches["main"] = self.add_commit("Begin", {"README.md": b"# prompts\n"}, [])

    def add_note(self, place: str, body: str, author: int, *, system: bool = False) -> dict[str, Any]:
        """Have somebody write a note on `merge_requests/1` or `issues/1`."""
        self._ids += 1
        note: dict[str, Any] = {
            "id": self._ids,
            "place": place,
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
            "id": 9000 + number,
            "iid": number,
            "title": title,
            "description": description,
            "labels": labels.split(","),
            "state": "opened",
            "author": {"id": author},
            "web_url": f"https://gitlab.example/acme/prompts/-/issues/{number}",
        }
        return self.issues[number]

    def add_commit(self, message: str, files: dict[str, bytes], parents: list[str]) -> str:
        """Store a commit with all files that it has."""
        self._ids += 1
        sha = hashlib.sha1(f"{message} {self._ids}".encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = {"id": sha, "message": message, "parent_ids": parents, "files": files}
        return sha

    def files(self, branch: str) -> dict[str, bytes]:
        """Return what a branch holds."""
        return dict(self.commits[self.branches[branch]]["files"])

    def said_on(self, place: str) -> list[str]:
        """Return the notes on `merge_requests/1` or `issues/1`."""
        return [note["body"] for note in self.notes if note["place"] == place and not note["system"]]

    def open_issues(self) -> list[dict[str, Any]]:
        """Return the issues that are open."""
        return [issue for issue in self.issues.values() if issue["state"] == "opened"]

    def admit(self, call: Call) -> None:
        """Refuse what has the wrong token."""
        if call.headers.get("private-token") != self.token or "authorization" in call.headers:
            raise Refused(401, "401 Unauthorized")
        if call.document is not None and call.headers.get("content-type") != "application/json":
            raise Refused(406, "The requested content-type is not supported")

    def refusal(self, refused: Refused) -> Any:
        """Return the body of a refusal."""
        return {"message": refused.message}

    def name_next(self, call: Call, reply: Reply, page: int, last: int) -> None:
        """Name the next page in a header of GitLab's own."""
        super().name_next(call, reply, page, last)
        reply.headers["X-Next-Page"] = str(page)

    def routes(self) -> list[Route]:
        """Return method, pattern and function of each endpoint."""
        project = f"/projects/{self.project}"
        notes = rf"{project}/((?:merge_requests|issues)/\d+)/notes"
        return [
            ("GET", "/user", lambda _: Reply({"id": OWN, "username": f"user{OWN}"})),
            ("GET", project, lambda _: Reply({"id": int(self.project), "default_branch": "main"})),
            ("GET", notes, self._list_notes),
            ("POST", notes, self._add_note),
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

    def _may(self, role: int) -> None:
        if self.role < role:
            raise Refused(403, "403 Forbidden")

    def _read(self, text: str) -> str:
        if len(text) > LONGEST:
            raise Refused(400, f"400 Bad request - Note is too long (maximum is {LONGEST} characters)")
        self.commands += _QUICK_ACTION.findall(text)  # also in code: what GitLab takes for that has changed
        return text

    def _list_notes(self, call: Call) -> Reply:
        found = [note for note in self.notes if note["place"] == call.parts[0]]
        ordered = found if call.query.get("sort") == "asc" else found[::-1]
        return self.paged(call, ordered, "sort", "order_by")

    def _add_note(self, call: Call) -> Reply:
        self._may(REPORTER)
        return Reply(self.add_note(call.parts[0], self._read(call.fields(["body"])["body"]), OWN), 201)

    def _edit_note(self, call: Call) -> Reply:
        self._may(REPORTER)
        note = self._there({each["id"]: each for each in self.notes}, int(call.parts[1]))
        note["body"] = self._read(call.fields(["body"])["body"])
        return Reply(note)

    def _delete_note(self, call: Call) -> Reply:
        self._may(REPORTER)
        self.notes.remove(self._there({each["id"]: each for each in self.notes}, int(call.parts[1])))
        return Reply(None, 204)

    def _list_issues(self, call: Call) -> Reply:
        label, state = call.query.get("labels"), call.query.get("state")
        found = [
            issue
            for issue in self.issues.values()
            if state in (None, issue["state"]) and (label is None or label in issue["labels"])
        ]
        ordered = found if call.query.get("sort") == "asc" else found[::-1]
        return self.paged(call, ordered, "state", "labels", "order_by", "sort")

    def _open_issue(self, call: Call) -> Reply:
        self._may(REPORTER)
        given = call.fields(["title"], ["description", "labels"])
        description = self._read(given.get("description", ""))
        return Reply(self.add_issue(given["title"], description, OWN, given.get("labels", "")), 201)

    def _edit_issue(self, call: Call) -> Reply:
        self._may(REPORTER)
        issue = self._there(self.issues, int(call.parts[0]))
        given = call.fields([], ["title", "description", "state_event"])
        self._read(given.get("description", ""))
        if "state_event" in given:
            issue["state"] = {"close": "closed", "reopen": "opened"}[given.pop("state_event")]
        issue.update(given)
        return Reply(issue)

    def _branch(self, call: Call) -> Reply:
        name = unquote(call.parts[0])
        commit = self.commits[self._there(self.branches, name)]
        return Reply({"name": name, "commit": {key: commit[key] for key in ("id", "message", "parent_ids")}})

    def _file(self, call: Call) -> Reply:
        call.only("ref")
        commit = self.commits[call.query["ref"]]
        content = self._there(commit["files"], unquote(call.parts[0]))
        return Reply(headers={"X-Gitlab-Content-Sha256": hashlib.sha256(content).hexdigest()})

    def _commit(self, call: Call) -> Reply:
        self._may(DEVELOPER)
        given = call.fields(["branch", "commit_message", "actions"], ["start_sha", "force"])
        branch, start = given["branch"], given.get("start_sha")
        if branch in self.branches and start and not given.get("force"):
            raise Refused(400, f"A branch called '{branch}' already exists")
        files = dict(self.commits[start or self.branches[branch]]["files"])
        for action in given["actions"]:
            path, content = action["file_path"], base64.b64decode(action["content"], validate=True)
            if (action["action"] == "create") == (path in files):
                raise Refused(400, f"A file with this name {'already exists' if path in files else 'does not exist'}")
            files[path] = content
        self.branches[branch] = self.add_commit(given["commit_message"], files, [start] if start else [])
        return Reply({"id": self.branches[branch]}, 201)

    def _list_requests(self, call: Call) -> Reply:
        names = ("state", "source_branch", "target_branch")
        found = [
            each
            for each in self.requests_to_merge.values()
            if all(call.query.get(name, each[name]) == each[name] for name in names)
        ]
        return self.paged(call, found, *names)

    def _open_request(self, call: Call) -> Reply:
        self._may(DEVELOPER)
        given = call.fields(["title", "source_branch", "target_branch"], ["description", "remove_source_branch"])
        self._there(self.branches, given["source_branch"])
        number = len(self.requests_to_merge) + 1
        url = f"https://gitlab.example/acme/prompts/-/merge_requests/{number}"
        self.requests_to_merge[number] = {**given, "iid": number, "state": "opened", "web_url": url}
        return Reply(self.requests_to_merge[number], 201)

    def _edit_request(self, call: Call) -> Reply:
        self._may(DEVELOPER)
        request = self._there(self.requests_to_merge, int(call.parts[0]))
        request.update(call.fields([], ["title", "description"]))
        return Reply(request)

    def _there(self, held: dict[Any, Any], name: Any) -> Any:
        if name not in held:
            raise Refused(404, "404 Not found")
        return held[name]
