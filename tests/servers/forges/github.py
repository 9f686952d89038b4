"""A strict GitHub: one repository, its comments, issues, pull requests and git objects.

Its rules are written from docs.github.com/rest, not from the client: headers, fields, limits, permissions of a token
and what its endpoints return. Where GitHub ignores an unknown field this refuses it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from forges.serving import Call, FakeForge, Refused, Reply

if TYPE_CHECKING:
    from forges.serving import Route

WRITES = frozenset({"issues", "pull_requests", "contents"})
LONGEST = 65_536
VERSIONS = ("2022-11-28", "2026-03-10")
BOT = "github-actions[bot]"


class FakeGitHub(FakeForge):
    """One repository.

    Attributes:
        login: Whose the token is; one that ends in `[bot]` may not ask who it is.
        writes: What the token may change.
        labels: Whether a label that comes with an issue is taken, or dropped without a word.
        actions_open: Whether workflows may open pull requests.
    """

    def __init__(self, token: str, *, repository: str = "acme/prompts", login: str = BOT, page: int = 2) -> None:
        super().__init__(page=page)
        self.token = token
        self.repository = repository
        self.login = login
        self.writes = WRITES
        self.labels = True
        self.actions_open = True
        self.comments: list[dict[str, Any]] = []
        self.issues: dict[int, dict[str, Any]] = {}
        self.pulls: dict[int, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, str]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.refs: dict[str, str] = {}
        self._ids = 100
        tree = self.add_tree({"README.md": self.add_blob(b"# prompts\n")})
        self.refs["main"] = self.add_commit("Begin", tree, [])

    def add_comment(self, number: int, body: str, login: str) -> dict[str, Any]:
        """Have somebody comment on an issue or a pull request."""
        self._ids += 1
        comment = {
            "id": self._ids,
            "number": number,
            "body": body,
            "user": user(login),
            "html_url": f"https://github.example/{self.repository}/pull/{number}#issuecomment-{self._ids}",
        }
        self.comments.append(comment)
        return comment

    def add_issue(
        self, title: str, body: str, login: str, labels: tuple[str, ...] = ("evalkit",), *, pull: bool = False
    ) -> dict[str, Any]:
        """Have somebody open an issue, or a pull request, which is one too."""
        number = len(self.issues) + len(self.pulls) + 1
        issue: dict[str, Any] = {
            "number": number,
            "title": title,
            "body": body,
            "user": user(login),
            "labels": [{"name": label} for label in labels],
            "state": "open",
            "html_url": f"https://github.example/{self.repository}/issues/{number}",
        }
        if pull:
            issue["pull_request"] = {"url": "..."}
        self.issues[number] = issue
        return issue

    def open_issues(self) -> list[dict[str, Any]]:
        """Return the issues that are open."""
        return [issue for issue in self.issues.values() if issue["state"] == "open" and "pull_request" not in issue]

    def said_on(self, number: int) -> list[str]:
        """Return what was commented on an issue or pull request."""
        return [comment["body"] for comment in self.comments if comment["number"] == number]

    def add_blob(self, content: bytes) -> str:
        """Store a file's content under the name that git gives it."""
        sha = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        self.blobs[sha] = content
        return sha

    def add_tree(self, files: dict[str, str]) -> str:
        """Store files under a name that follows from them."""
        sha = _sha(sorted(files.items()))
        self.trees[sha] = dict(files)
        return sha

    def add_commit(self, message: str, tree: str, parents: list[str]) -> str:
        """Store a commit; a second one like it has another name, because time has gone by."""
        self._ids += 1
        sha = _sha([message, tree, parents, self._ids])
        self.commits[sha] = {"message": message, "tree": tree, "parents": parents}
        return sha

    def files(self, branch: str) -> dict[str, bytes]:
        """Return what a branch holds."""
        return {path: self.blobs[sha] for path, sha in self.trees[self.commits[self.refs[branch]]["tree"]].items()}

    def admit(self, call: Call) -> None:
        """Refuse what lacks a header, or has the wrong token."""
        if not call.headers.get("user-agent"):
            raise Refused(403, "Request forbidden by administrative rules. Please add a User-Agent header")
        if call.headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(401, "Bad credentials")
        if call.headers.get("accept") != "application/vnd.github+json":
            raise Refused(415, "Unsupported 'Accept' header")
        if call.headers.get("x-github-api-version") not in VERSIONS:
            raise Refused(410, "This API version is gone")
        if call.document is not None and call.headers.get("content-type") != "application/json":
            raise Refused(415, "Content-Type must be application/json")

    def refusal(self, refused: Refused) -> Any:
        """Return the body of a refusal."""
        return {"message": refused.message, "documentation_url": "https://docs.github.com/rest"}

    def routes(self) -> list[Route]:
        """Return method, pattern and function of each endpoint."""
        repository = f"/repos/{self.repository}"
        return [
            ("GET", "/user", self._user),
            ("GET", repository, lambda _: Reply({"default_branch": "main"})),
            ("GET", f"{repository}/issues", self._list_issues),
            ("POST", f"{repository}/issues", self._open_issue),
            ("PATCH", rf"{repository}/issues/(\d+)", self._edit_issue),
            ("POST", rf"{repository}/issues/(\d+)/labels", self._label),
            ("GET", rf"{repository}/issues/(\d+)/comments", self._list_comments),
            ("POST", rf"{repository}/issues/(\d+)/comments", self._comment),
            ("PATCH", rf"{repository}/issues/comments/(\d+)", self._edit_comment),
            ("DELETE", rf"{repository}/issues/comments/(\d+)", self._delete_comment),
            ("GET", rf"{repository}/git/ref/heads/(.+)", self._ref),
            ("POST", rf"{repository}/git/refs", self._make_ref),
            ("PATCH", rf"{repository}/git/refs/heads/(.+)", self._move_ref),
            ("GET", rf"{repository}/git/commits/(\w+)", self._commit),
            ("POST", rf"{repository}/git/commits", self._make_commit),
            ("POST", rf"{repository}/git/blobs", self._make_blob),
            ("POST", rf"{repository}/git/trees", self._make_tree),
            ("GET", rf"{repository}/pulls", self._list_pulls),
            ("POST", rf"{repository}/pulls", self._open_pull),
            ("PATCH", rf"{repository}/pulls/(\d+)", self._edit_pull),
        ]

    def _may(self, *kinds: str) -> None:
        if not self.writes & set(kinds):
            accepted = "; ".join(f"{kind}=write" for kind in kinds)
            headers = {"X-Accepted-GitHub-Permissions": accepted}
            raise Refused(403, "Resource not accessible by integration", headers)

    def _user(self, call: Call) -> Reply:
        call.only()
        if self.login.endswith("[bot]"):
            raise Refused(403, "Resource not accessible by integration")
        return Reply(user(self.login))

    def _list_issues(self, call: Call) -> Reply:
        label, state = call.query.get("labels"), call.query.get("state", "open")
        found = [
            issue
            for issue in self.issues.values()
            if issue["state"] == state and (label is None or label in {each["name"] for each in issue["labels"]})
        ]
        ordered = found if call.query.get("direction") == "asc" else found[::-1]
        return self.paged(call, ordered, "state", "labels", "sort", "direction")

    def _open_issue(self, call: Call) -> Reply:
        self._may("issues")
        given = call.fields(["title"], ["body", "labels"])
        self._refuse_long(given)
        labels = tuple(given.get("labels", ())) if self.labels else ()
        return Reply(self.add_issue(given["title"], given.get("body", ""), self.login, labels), 201)

    def _edit_issue(self, call: Call) -> Reply:
        self._may("issues")
        issue = self._there(self.issues, int(call.parts[0]))
        given = call.fields([], ["title", "body", "state", "state_reason"])
        self._refuse_long(given)
        if given.get("state", "open") not in ("open", "closed"):
            raise Refused(422, "Validation Failed: state")
        if given.get("state_reason", "completed") not in ("completed", "not_planned", "reopened", "duplicate"):
            raise Refused(422, "Validation Failed: state_reason")
        issue.update(given)
        return Reply(issue)

    def _label(self, call: Call) -> Reply:
        self._may("issues")
        issue = self._there(self.issues, int(call.parts[0]))
        if not self.labels:
            raise Refused(403, "Must have push access to label issues")
        issue["labels"] += [{"name": label} for label in call.fields(["labels"])["labels"]]
        return Reply(issue["labels"])

    def _list_comments(self, call: Call) -> Reply:
        number = int(call.parts[0])
        return self.paged(call, [comment for comment in self.comments if comment["number"] == number])

    def _comment(self, call: Call) -> Reply:
        number = int(call.parts[0])
        self._may("issues", *(() if number in self.issues else ("pull_requests",)))
        given = call.fields(["body"])
        self._refuse_long(given)
        return Reply(self.add_comment(number, given["body"], self.login), 201)

    def _edit_comment(self, call: Call) -> Reply:
        self._may("issues", "pull_requests")
        comment = self._there({each["id"]: each for each in self.comments}, int(call.parts[0]))
        given = call.fields(["body"])
        self._refuse_long(given)
        comment["body"] = given["body"]
        return Reply(comment)

    def _delete_comment(self, call: Call) -> Reply:
        self._may("issues", "pull_requests")
        self.comments.remove(self._there({each["id"]: each for each in self.comments}, int(call.parts[0])))
        return Reply(None, 204)

    def _ref(self, call: Call) -> Reply:
        return Reply(self._ref_json(call.parts[0], self._there(self.refs, call.parts[0])))

    def _make_ref(self, call: Call) -> Reply:
        self._may("contents")
        given = call.fields(["ref", "sha"])
        name = str(given["ref"]).removeprefix("refs/heads/")
        if not given["ref"].startswith("refs/heads/") or given["sha"] not in self.commits:
            raise Refused(422, "Reference name must start with 'refs/' and the object must exist")
        if name in self.refs:
            raise Refused(422, "Reference already exists")
        self.refs[name] = given["sha"]
        return Reply(self._ref_json(name, given["sha"]), 201)

    def _move_ref(self, call: Call) -> Reply:
        self._may("contents")
        given = call.fields(["sha"], ["force"])
        name = call.parts[0]
        before = self._there(self.refs, name)
        if not given.get("force") and before not in self.commits[given["sha"]]["parents"]:
            raise Refused(422, "Update is not a fast forward")
        self.refs[name] = given["sha"]
        return Reply(self._ref_json(name, given["sha"]))

    def _ref_json(self, name: str, sha: str) -> dict[str, Any]:
        return {"ref": f"refs/heads/{name}", "object": {"type": "commit", "sha": sha}}

    def _commit(self, call: Call) -> Reply:
        commit = self._there(self.commits, call.parts[0])
        parents = [{"sha": parent} for parent in commit["parents"]]
        return Reply({"sha": call.parts[0], "tree": {"sha": commit["tree"]}, "parents": parents})

    def _make_commit(self, call: Call) -> Reply:
        self._may("contents")
        given = call.fields(["message", "tree"], ["parents"])
        self._there(self.trees, given["tree"])
        sha = self.add_commit(given["message"], given["tree"], given.get("parents", []))
        return Reply({"sha": sha}, 201)

    def _make_blob(self, call: Call) -> Reply:
        self._may("contents")
        given = call.fields(["content"], ["encoding"])
        content = base64.b64decode(given["content"], validate=True)
        return Reply({"sha": self.add_blob(content)}, 201)

    def _make_tree(self, call: Call) -> Reply:
        self._may("contents")
        given = call.fields(["tree"], ["base_tree"])
        files = dict(self.trees[given["base_tree"]]) if "base_tree" in given else {}
        for entry in given["tree"]:
            if set(entry) != {"path", "mode", "type", "sha"} or entry["sha"] not in self.blobs:
                raise Refused(422, "tree.sha is not a valid blob")
            files[entry["path"]] = entry["sha"]
        return Reply({"sha": self.add_tree(files)}, 201)

    def _list_pulls(self, call: Call) -> Reply:
        found = [
            pull
            for pull in self.pulls.values()
            if pull["state"] == call.query.get("state", "open")
            and call.query.get("head", pull["head"]) == pull["head"]
            and call.query.get("base", pull["base"]) == pull["base"]
        ]
        return self.paged(call, found, "state", "head", "base")

    def _open_pull(self, call: Call) -> Reply:
        self._may("pull_requests")
        given = call.fields(["title", "head", "base"], ["body"])
        self._refuse_long(given)
        if not self.actions_open:
            raise Refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
        head = f"{self.repository.split('/', 1)[0]}:{given['head']}"
        if any(pull["head"] == head and pull["state"] == "open" for pull in self.pulls.values()):
            raise Refused(422, f"Validation Failed: A pull request already exists for {head}.")
        number = len(self.issues) + len(self.pulls) + 1
        url = f"https://github.example/{self.repository}/pull/{number}"
        self.pulls[number] = {**given, "head": head, "number": number, "state": "open", "html_url": url}
        return Reply(self.pulls[number], 201)

    def _edit_pull(self, call: Call) -> Reply:
        self._may("pull_requests")
        pull = self._there(self.pulls, int(call.parts[0]))
        pull.update(call.fields([], ["title", "body", "state"]))
        return Reply(pull)

    def _refuse_long(self, given: dict[str, Any]) -> None:
        if len(given.get("body", "")) > LONGEST:
            raise Refused(422, f"Validation Failed: Body is too long (maximum is {LONGEST} characters)")
        if len(given.get("title", "")) > 256:
            raise Refused(422, "Validation Failed: title is too long (maximum is 256 characters)")

    def _there(self, held: dict[Any, Any], name: Any) -> Any:
        if name not in held:
            raise Refused(404, "Not Found")
        return held[name]


def user(login: str) -> dict[str, Any] | None:
    """Return an account as documents name it; None for one that was deleted."""
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"} if login else None


def _sha(value: Any) -> str:
    return hashlib.sha1(json.dumps(value).encode(), usedforsecurity=False).hexdigest()
