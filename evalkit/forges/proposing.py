"""One open request with new baselines, kept up to date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.errors import ForgeError, UsageError
from evalkit.forges.forge import Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.forges.forge import Forge

_LISTED = 50
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[/.-]|[/.]$|\.lock$|/\.")
"""What git takes in no name of a branch, as `git check-ref-format` lists it."""


def propose_files(
    forge: Forge, files: Mapping[str, bytes], *, branch: str, base: str | None, title: str, run_url: str | None
) -> str:
    """Have one open request that brings files to a branch, and return what was done in words.

    Raises:
        UsageError: A branch's name cannot be one.
    """
    for name in (branch, base):
        if name is not None and (not name or _NO_BRANCH.search(name)):
            raise UsageError(f"`{name}` cannot be the name of a branch")
    proposed = forge.propose(Proposal(branch, base, title, _body(files, run_url), files))
    if proposed is None:
        return "nothing to propose: the branch has these very files"
    return f"{proposed.done} {forge.request_name} {proposed.number}: {proposed.url}"


def checked_base(base: str, proposal: Proposal) -> str:
    """Return the branch that files are for, unless it is the one that would be overwritten.

    Raises:
        ForgeError: It is.
    """
    if base == proposal.branch:
        raise ForgeError(
            f"`{base}` is the branch that the files are for, and would be overwritten", hint="name another branch"
        )
    return base


def no_base(base: str) -> ForgeError:
    """Say that there is no branch that files could be for."""
    return ForgeError(f"there is no branch `{base}`", hint="--base names the branch that the files are for")


def _body(files: Mapping[str, bytes], run_url: str | None) -> str:
    listed = [f"- `{re.sub('[`]', '?', path)}`" for path in list(files)[:_LISTED]]
    if len(files) > _LISTED:
        listed.append(f"- and {len(files) - _LISTED} more")
    lines = [
        "Once this is merged, later runs are held against what these files say:",
        "",
        *listed,
        "",
        "Merge it if what the newest run scored is how it should be. evalkit overwrites this branch each time.",
    ]
    return "\n".join([*lines, *(["", f"[The run]({run_url})"] if run_url else []), ""])
