"""A pull request with files on GitHub, through its REST API alone: no git, no credentials in the checkout.

| what | endpoint | permission of the token |
| --- | --- | --- |
| the default branch | `GET /repos/{owner}/{repo}` | metadata: read |
| a branch | `GET .../git/ref/heads/{branch}`, `POST .../git/refs`, `PATCH .../git/refs/heads/..` | contents: write |
| files | `POST .../git/blobs`, `POST .../git/trees` | contents: write |
| commits | `GET .../git/commits/{sha}`, `POST .../git/commits` | contents: write |
| requests | `GET`, `POST .../pulls`, `PATCH .../pulls/{number}` | pull-requests: write |

Sources: docs.github.com/rest/git and docs.github.com/rest/pulls/pulls.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from evalkit.forges.documents import part
from evalkit.forges.forge import Proposed
from evalkit.forges.proposing import checked_base, no_base

if TYPE_CHECKING:
    from evalkit.forges.forge import Proposal
    from evalkit.forges.http import Client
    from evalkit.types import Json

_CONTENTS, _PULLS = "contents: write", "pull-requests: write"


def propose(client: Client, root: str, owner: str, proposal: Proposal) -> Proposed | None:
    """Open a pull request with files, or bring the open one up to date.

    Args:
        client: Asks GitHub.
        root: The path of the repository.
        owner: Whose the repository is.
        proposal: The files.

    Returns:
        The request; None when the base has them all.
    """
    named = proposal.base or part(client.ask("GET", root, needs="metadata: read").document, "default_branch")
    base = checked_base(named, proposal)
    tip = _tip(client, root, base)
    if tip is None:
        raise no_base(base)
    before = part(client.ask("GET", f"{root}/git/commits/{tip}", needs=_CONTENTS).document, "tree", "sha")
    tree = _tree(client, root, before, proposal)
    if tree == before:
        return None
    moved = _branch(client, root, proposal, tip, tree)
    return _request(client, root, f"{owner}:{proposal.branch}", base, proposal, moved=moved)


def _tip(client: Client, root: str, branch: str) -> str | None:
    answer = client.ask("GET", f"{root}/git/ref/heads/{quote(branch)}", needs=_CONTENTS, absent=True)
    return None if answer.status == 404 else part(answer.document, "object", "sha")


def _tree(client: Client, root: str, before: str, proposal: Proposal) -> str:
    """Return the tree with the files in it; where nothing differs it is the very tree that was there before."""
    entries: list[Json] = []
    for path, content in proposal.files.items():
        document: Json = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        blob = part(client.ask("POST", f"{root}/git/blobs", document=document, needs=_CONTENTS).document, "sha")
        entries.append({"path": path, "mode": "100644", "type": "blob", "sha": blob})
    document = {"base_tree": before, "tree": entries}
    made: str = part(client.ask("POST", f"{root}/git/trees", document=document, needs=_CONTENTS).document, "sha")
    return made


def _branch(client: Client, root: str, proposal: Proposal, tip: str, tree: str) -> bool:
    """Have the branch hold one commit on top of the base; return whether it had to be moved."""
    there = _tip(client, root, proposal.branch)
    if there is not None:
        commit = client.ask("GET", f"{root}/git/commits/{there}", needs=_CONTENTS).document
        if part(commit, "tree", "sha") == tree and [part(each, "sha") for each in part(commit, "parents")] == [tip]:
            return False  # to move it for nothing would start every check again
    document: Json = {"message": proposal.title, "tree": tree, "parents": [tip]}
    made = part(client.ask("POST", f"{root}/git/commits", document=document, needs=_CONTENTS).document, "sha")
    if there is None:
        document = {"ref": f"refs/heads/{proposal.branch}", "sha": made}
        client.ask("POST", f"{root}/git/refs", document=document, needs=_CONTENTS)
    else:
        document = {"sha": made, "force": True}
        client.ask("PATCH", f"{root}/git/refs/heads/{quote(proposal.branch)}", document=document, needs=_CONTENTS)
    return True


def _request(client: Client, root: str, head: str, base: str, proposal: Proposal, *, moved: bool) -> Proposed:
    query = {"state": "open", "head": head, "base": base}
    texts = {"title": proposal.title, "body": proposal.body}
    for each in client.pages(f"{root}/pulls", query, needs=_PULLS):
        number = part(each, "number")
        if moved:
            client.ask("PATCH", f"{root}/pulls/{number}", document=texts, needs=_PULLS)
        return Proposed(number, part(each, "html_url"), "updated" if moved else "left as it was")
    document = {**texts, "head": proposal.branch, "base": base}
    opened = client.ask("POST", f"{root}/pulls", document=document, needs=_PULLS).document
    return Proposed(part(opened, "number"), part(opened, "html_url"), "opened")
