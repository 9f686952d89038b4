"""A merge request with files on GitLab, through its REST API alone: no git, no credentials in the checkout.

| what | endpoint | role of the token |
| --- | --- | --- |
| the default branch | `GET /projects/{id}` | Reporter |
| branches | `GET /projects/{id}/repository/branches/{branch}` | Reporter |
| what is there | `HEAD /projects/{id}/repository/files/{path}?ref=` | Reporter |
| a commit | `POST /projects/{id}/repository/commits` with `start_sha` and `force` | Developer |
| requests | `GET`, `POST /projects/{id}/merge_requests`, `PUT .../merge_requests/{iid}` | Developer |

Sources: docs.gitlab.com/api/commits, /api/repository_files, /api/branches and /api/merge_requests.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from evalkit.forges.documents import part
from evalkit.forges.forge import Proposed
from evalkit.forges.http import quoted
from evalkit.forges.proposing import checked_base, no_base

if TYPE_CHECKING:
    from evalkit.forges.forge import Proposal
    from evalkit.forges.http import Client
    from evalkit.types import Json

_DEVELOPER = "scope `api` and role Developer"


def propose(client: Client, root: str, proposal: Proposal) -> Proposed | None:
    """Open a merge request with files, or bring the open one up to date.

    Args:
        client: Asks GitLab.
        root: The path of the project.
        proposal: The files.

    Returns:
        The request; None when the base has them all.
    """
    named = proposal.base or part(client.ask("GET", root, needs=_DEVELOPER).document, "default_branch")
    base = checked_base(named, proposal)
    tip = _commit(client, root, base)
    if tip is None:
        raise no_base(base)
    actions = _actions(client, root, proposal, part(tip, "id"))
    if not actions:
        return None
    moved = _branch(client, root, proposal, part(tip, "id"), actions)
    return _request(client, root, base, proposal, moved=moved)


def _commit(client: Client, root: str, branch: str) -> Json:
    """Return the commit that a branch is at; None when there is no such branch."""
    path = f"{root}/repository/branches/{quoted(branch)}"
    answer = client.ask("GET", path, needs=_DEVELOPER, absent=True)
    return None if answer.status == 404 else part(answer.document, "commit")


def _actions(client: Client, root: str, proposal: Proposal, commit: str) -> list[Json]:
    """Return what a commit has to do on top of another one for the files to be there."""
    actions: list[Json] = []
    for path, content in proposal.files.items():
        answer = client.ask(
            "HEAD", f"{root}/repository/files/{quoted(path)}", {"ref": commit}, needs=_DEVELOPER, absent=True
        )
        if answer.headers.get("x-gitlab-content-sha256") == hashlib.sha256(content).hexdigest():
            continue
        actions.append(
            {
                "action": "create" if answer.status == 404 else "update",
                "file_path": path,
                "content": base64.b64encode(content).decode(),
                "encoding": "base64",
            }
        )
    return actions


def _branch(client: Client, root: str, proposal: Proposal, tip: str, actions: list[Json]) -> bool:
    """Have the branch hold one commit on top of the base; return whether it had to be moved."""
    there = _commit(client, root, proposal.branch)
    on_top = there is not None and part(there, "parent_ids") == [tip]
    if on_top and not _actions(client, root, proposal, part(there, "id")):
        return False  # to move it for nothing would start every pipeline again
    document: Json = {
        "branch": proposal.branch,
        "start_sha": tip,
        "force": True,
        "commit_message": proposal.title,
        "actions": actions,
    }
    client.ask("POST", f"{root}/repository/commits", document=document, needs=_DEVELOPER)
    return True


def _request(client: Client, root: str, base: str, proposal: Proposal, *, moved: bool) -> Proposed:
    query = {"state": "opened", "source_branch": proposal.branch, "target_branch": base}
    texts = {"title": proposal.title, "description": proposal.body}
    for each in client.pages(f"{root}/merge_requests", query, needs=_DEVELOPER):
        number = part(each, "iid")
        if moved:
            client.ask("PUT", f"{root}/merge_requests/{number}", document=texts, needs=_DEVELOPER)
        return Proposed(number, part(each, "web_url"), "updated" if moved else "left as it was")
    document = {**texts, "source_branch": proposal.branch, "target_branch": base, "remove_source_branch": True}
    opened = client.ask("POST", f"{root}/merge_requests", document=document, needs=_DEVELOPER).document
    return Proposed(part(opened, "iid"), part(opened, "web_url"), "opened")
