"""One comment on a pull request, kept up to date in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.forges.text import facts_of, join, mark, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.forges.forge import Comment, Forge
    from evalkit.forges.nights import Night

_KIND = "comment"


def keep_comment(forge: Forge, number: int, nights: Sequence[Night], *, run: int | None, run_url: str | None) -> str:
    """Have exactly one comment of ours on a request, with what runs found, and return what was done in words.

    Ours is a comment that the token's own account wrote and that begins with our mark. What quotes it is not.
    """
    body = comment_body(forge, nights, run=run, run_url=run_url)
    ours = _ours(forge, number)
    if not ours:
        added = forge.add_comment(number, body)
        first, *more = _ours(forge, number) or [added]
        if first.id == added.id:
            return _said("commented on", forge, number, added)
        # Another run commented while this one did. The older comment is the one that stays.
        forge.delete_comment(number, added)
        ours = [first, *(each for each in more if each.id != added.id)]
    first, *more = ours
    for each in more:
        forge.delete_comment(number, each)
    newest = (facts_of(_KIND, first.body) or {}).get("run")
    if isinstance(newest, int) and run is not None and newest > run:
        return f"left the comment on {forge.request_name} {number} as it is, because a newer run wrote it"
    if first.body.strip() != body.strip():
        forge.edit_comment(number, first, body)
    return _said("updated the comment on", forge, number, first)


def comment_body(forge: Forge, nights: Sequence[Night], *, run: int | None, run_url: str | None) -> str:
    """Return the comment: the mark, then each suite's own, the worst first, cut to what a forge takes."""
    head = mark(_KIND, {} if run is None else {"run": run}) + "\n"
    foot = f"\n[The run]({run_url})\n" if run_url else ""
    texts = [forge.inert(night.comment) for night in nights]
    return head + join(texts, forge.limit_bytes - size(head) - size(foot), cut_notice(run_url)) + foot


def cut_notice(run_url: str | None) -> str:
    """Return what stands where a body was cut."""
    return f"The rest is in {f'[the reports of the run]({run_url})' if run_url else 'report.md'}."


def _ours(forge: Forge, number: int) -> list[Comment]:
    found = (each for each in forge.comments(number) if facts_of(_KIND, each.body) is not None and each.ours)
    return sorted(found, key=lambda comment: comment.id)


def _said(done: str, forge: Forge, number: int, comment: Comment) -> str:
    return f"{done} {forge.request_name} {number}" + (f": {comment.url}" if comment.url else "")
