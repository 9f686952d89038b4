"""One issue for what nights found: opened, kept up to date, and closed when all is good again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from evalkit.forges.comment import cut_notice
from evalkit.forges.nights import BAD
from evalkit.forges.text import facts_of, join, mark, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.forges.forge import Forge, Issue
    from evalkit.forges.nights import Night
    from evalkit.types import Json

_KIND = "issue"
_TITLES = {
    "failed": "evalkit: a gate failed",
    "worse": "evalkit: answers got worse",
    "changed": "evalkit: the model changed",
}
_MOST_NAMED = 200
"""Suites that the mark and the comments name; of more than these the issue forgets the rest."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a night means for the issue.

    Attributes:
        states: Suites that are bad by what is known now, with their states.
        bad: Whether a suite is bad by this very night.
        moved: Suites whose state is another one than the issue knew: name, before and now; None is not bad.
        waiting: Suites that the issue holds and of which this night says nothing, with why.
    """

    states: Mapping[str, str]
    bad: bool
    moved: tuple[tuple[str, str | None, str | None], ...]
    waiting: Mapping[str, str]


def course(known: Mapping[str, str], tonight: Mapping[str, str]) -> Course:
    """Return what a night means.

    A suite that is incomplete or undecided tonight, or not among tonight's, stays what it was: nothing says that it is
    good again.

    Args:
        known: Suites that were bad, with their states.
        tonight: This night's suites with theirs.
    """
    states: dict[str, str] = {}
    waiting: dict[str, str] = {}
    for suite in dict.fromkeys([*tonight, *known]):
        state = tonight.get(suite, "not run")
        if state in BAD:
            states[suite] = state
        elif suite in known and state != "good":
            states[suite] = known[suite]
            waiting[suite] = state
    moved = tuple(
        (suite, known.get(suite), states.get(suite))
        for suite in dict.fromkeys([*states, *known])
        if known.get(suite) != states.get(suite)
    )
    return Course(states, any(state in BAD for state in tonight.values()), moved, waiting)


def keep_issue(
    forge: Forge,
    nights: Sequence[Night],
    *,
    label: str,
    title: str | None,
    run: int | None,
    run_url: str | None,
) -> str:
    """Have the issue say what nights found, and return what was done in words.

    Ours is an issue with the label that the token's own account opened and whose body begins with our mark.

    Args:
        forge: Where.
        nights: This night's suites, the worst first.
        label: What the issue is labelled with.
        title: Its title; None for one that follows the state.
        run: Rises from run to run; None when it is not known.
        run_url: The run, for people; None when it is not known.
    """
    issue = _only(forge, label)
    facts = {} if issue is None else facts_of(_KIND, issue.body) or {}
    if run is not None and isinstance(facts.get("run"), int) and facts["run"] > run:
        return f"left issue {_named(issue)} as it is, because a newer run wrote it"
    ahead = course(_states(facts), {night.suite: night.state for night in nights})
    link = f" ([the run]({run_url}))" if run_url else ""
    if not ahead.bad and issue is None:
        return "no issue is open and none is needed: " + _counted(nights)
    if not ahead.bad and issue is not None:
        return _wait(forge, issue, ahead, facts, run, link) if ahead.states else _close(forge, issue, ahead, link)
    worst = min(ahead.states.values(), key=BAD.index)
    said = title or _TITLES[worst]
    body = issue_body(forge, nights, ahead, run=run, run_url=run_url)
    if issue is None:
        return _open(forge, said, body, label)
    forge.edit_issue(issue, said, body)
    if ahead.moved:
        forge.remark(issue, _moves(ahead) + link)
    return f"updated issue {_named(issue)}"


def issue_body(forge: Forge, nights: Sequence[Night], ahead: Course, *, run: int | None, run_url: str | None) -> str:
    """Return the issue's body: the mark, what it is for, and each suite's comment, the worst first."""
    head = _head(ahead.states, run, waiting=False)
    head += "\nWhat the newest night found. evalkit keeps this up to date, and closes it when all is good again.\n\n"
    if ahead.waiting:
        head += f"Still open, and not known tonight: {_listed(ahead.waiting)}.\n\n"
    foot = f"\n[The run]({run_url})\n" if run_url else ""
    texts = [forge.inert(night.comment) for night in nights]
    return head + join(texts, forge.limit_bytes - size(head) - size(foot), cut_notice(run_url)) + foot


def _open(forge: Forge, title: str, body: str, label: str) -> str:
    opened = forge.open_issue(title, body, label)
    others = [each for each in _ours(forge, label) if each.number < opened.number]
    if not others:
        return f"opened issue {_named(opened)}"
    # Another run opened one while this one did. The older one stays.
    _close_second(forge, opened, others[0])
    forge.edit_issue(others[0], title, body)
    return f"updated issue {_named(others[0])}"


def _wait(  # noqa: PLR0917 - all are told apart by their types
    forge: Forge, issue: Issue, ahead: Course, facts: Mapping[str, Json], run: int | None, link: str
) -> str:
    """Leave the issue as it is, and say so once until a night says more."""
    head = _head(ahead.states, run, waiting=True)
    if ahead.moved or not facts.get("waiting"):
        forge.edit_issue(issue, issue.title, head + issue.body.partition("-->")[2].lstrip(" "))
        lines = [*([_moves(ahead)] if ahead.moved else []), f"this night says nothing of {_listed(ahead.waiting)}"]
        forge.remark(issue, "; ".join(lines) + ", so this stays open" + link)
    return f"left issue {_named(issue)} open: {_listed(ahead.waiting)}"


def _close(forge: Forge, issue: Issue, ahead: Course, link: str) -> str:
    forge.remark(issue, f"{_moves(ahead) or 'all is good'}{link}")
    forge.close_issue(issue, done=True)
    return f"closed issue {_named(issue)}: all is good again"


def _only(forge: Forge, label: str) -> Issue | None:
    """Return the issue of ours that is open; of several the oldest, with the others closed."""
    ours = _ours(forge, label)
    for each in ours[1:]:
        _close_second(forge, each, ours[0])
    return ours[0] if ours else None


def _ours(forge: Forge, label: str) -> list[Issue]:
    found = (each for each in forge.issues(label) if facts_of(_KIND, each.body) is not None and each.ours)
    return sorted(found, key=lambda issue: issue.number)


def _close_second(forge: Forge, issue: Issue, first: Issue) -> None:
    forge.remark(issue, f"The same as #{first.number}, which was opened at the same time")
    forge.close_issue(issue, done=False)


def _head(states: Mapping[str, str], run: int | None, *, waiting: bool) -> str:
    facts: dict[str, Json] = {"states": dict(list(states.items())[:_MOST_NAMED])}
    if run is not None:
        facts["run"] = run
    if waiting:
        facts["waiting"] = True
    return mark(_KIND, facts)


def _states(facts: Mapping[str, Json]) -> dict[str, str]:
    states: Json = facts.get("states")
    if not isinstance(states, dict):
        return {}
    return {suite: state for suite, state in cast("dict[str, Json]", states).items() if state in BAD}


def _moves(ahead: Course) -> str:
    """Say which suites are not what they were."""
    words = [
        f"{_plain(suite)} is good again (was {before})"
        if now is None
        else f"{_plain(suite)} is {now}" + (f" (was {before})" if before else "")
        for suite, before, now in ahead.moved[:_MOST_NAMED]
    ]
    return ", ".join(words)


def _listed(suites: Mapping[str, str]) -> str:
    return _counted_names([f"{_plain(suite)} ({why})" for suite, why in suites.items()])


def _counted_names(names: Sequence[str]) -> str:
    more = len(names) - 20
    return ", ".join(names[:20]) + (f" and {more} more" if more > 0 else "")


def _counted(nights: Iterable[Night]) -> str:
    return _counted_names([f"{_plain(night.suite)} is {night.state}" for night in nights])


def _plain(name: str) -> str:
    """Return a suite's name without anything that Markdown would read."""
    return re.sub(r"[^\w .-]|(?<!\w)_|_(?!\w)", "?", name)[:100]


def _named(issue: Issue | None) -> str:
    return "" if issue is None else f"#{issue.number}: {issue.url}"
