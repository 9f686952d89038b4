"""Builds a `Suite` from a document whose files have been written out, checking every part on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from evalkit.constraints.composite import describe
from evalkit.load.alarms import read_alarms, read_max_failed
from evalkit.load.axes import read_axes
from evalkit.load.constructed import construct_all, construct_at
from evalkit.load.cursor import is_mapping
from evalkit.load.doubts import find_doubts
from evalkit.load.expected import read_expected, read_tag
from evalkit.load.gates import SHARES, Gateable, read_gates
from evalkit.load.profile import setting_value
from evalkit.load.rounds import check_rounds, read_repeats
from evalkit.load.sources import check_sources
from evalkit.load.systems import read_systems
from evalkit.load.wording import check_templates
from evalkit.measures.space import both_labels
from evalkit.settings import SETTINGS
from evalkit.types import JUDGED, Case, Conversation, Exchange, Suite, System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.load.cursor import Cursor
    from evalkit.protocols import Constraint, Measure
    from evalkit.registry import Registry
    from evalkit.types import AxisValue, ConversationMode, Scalar

FIXED_SETTINGS = tuple(name for name in SETTINGS if name != "seed")
"""Settings that may stand at the top of a suite; `seed` there is the suite's own."""
SUITE_KEYS = (
    "suite",
    "version",
    "description",
    "providers",
    "repeats",
    "seed",
    "noise",
    "axes",
    "systems",
    "conversation",
    "refresh",
    "variables",
    "constraints",
    "cases",
    "measures",
    "gates",
    "alarms",
    "max_failed",
    "truncated",
    "refusals",
    "judged",
    "judge",
    "tags",
    "xfail",
    *FIXED_SETTINGS,
)
CASE_KEYS = ("id", "prompt", "variables", "constraints")
DEFAULT_REFRESH = "{{ system }}\n\n{{ message }}"
MODES: tuple[ConversationMode, ...] = ("scripted", "live", "padding")
_NAME = re.compile(r"\w[\w.-]*")


def build_suite(top: Cursor, *, path: Path | None, digest: str) -> Suite:
    """Check everything and build the suite.

    Args:
        top: The document.
        path: The suite's file, beside which own code is looked for.
        digest: The document's hash.

    Raises:
        SuiteError: Anything is wrong.
    """
    keys = top.mapping(SUITE_KEYS, required=("suite", "providers", "cases"))
    beside = None if path is None else path.parent
    conversation = _conversation(keys["conversation"]) if "conversation" in keys else None
    systems = _systems(keys, beside, conversation)
    measures = _built_measures(keys, beside)
    repeats = read_repeats(keys.get("repeats"))
    axes = read_axes(keys.get("axes"), systems=systems, conversation=conversation)
    providers = _names(keys["providers"])
    cases = _cases(keys, beside, conversation)
    suite = Suite(
        name=_name(keys["suite"]),
        version=keys["version"].whole(least=1) if "version" in keys else 1,
        description=keys["description"].text(empty=True) if "description" in keys else "",
        providers=providers,
        repeats=repeats.most,
        seed=keys["seed"].whole(least=0) if "seed" in keys else None,
        settings={name: setting_value(name, keys[name]) for name in FIXED_SETTINGS if name in keys},
        axes=axes,
        systems=systems,
        conversation=conversation,
        refresh=keys["refresh"].text() if "refresh" in keys else DEFAULT_REFRESH,
        cases=cases,
        measures=measures,
        gates=read_gates(keys.get("gates"), _gateable(axes, providers, measures, _demanded(cases, systems, axes))),
        noise=_choice(keys, "noise", "common", "independent"),
        truncated=_choice(keys, "truncated", "undecided", "as_is"),
        refusals=_choice(keys, "refusals", "apart", "fail"),
        judged=_choice(keys, "judged", *JUDGED),
        judge=_name(keys["judge"]) if "judge" in keys else None,
        rounds=repeats.rounds,
        document=top.value,
        hash=digest,
        alarms=read_alarms(keys.get("alarms")),
        max_failed=read_max_failed(keys.get("max_failed")),
        path=path,
        tags=_tags(keys),
        xfail=read_expected(keys.get("xfail"), axes, providers, [case.id for case in cases]),
    )
    return _checked(suite, top, keys)


def _checked(suite: Suite, top: Cursor, keys: Mapping[str, Cursor]) -> Suite:
    """Refuse what is wrong in several places at once, and note what can hardly be meant."""
    _refuse_gates_on_nothing(suite, keys)
    _check_rounds(keys, suite)
    check_templates(suite, top)
    return replace(suite, doubts=find_doubts(suite, top))


def _tags(keys: Mapping[str, Cursor]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_tag(tag, _name(tag)) for tag in _listed(keys, "tags")))


def _demanded(
    cases: Sequence[Case], systems: Mapping[str, System], axes: Mapping[str, tuple[AxisValue, ...]]
) -> list[Constraint]:
    """Return what any case or any system prompt of the sweep demands."""
    used = [systems[str(name)].constraints for name in axes.get("system", ()) if name is not None]
    return [each for demands in (*(case.constraints for case in cases), *used) for each in demands]


def _gateable(
    axes: Mapping[str, tuple[AxisValue, ...]],
    providers: tuple[str, ...],
    measures: Sequence[Measure],
    demanded: Sequence[Constraint],
) -> Gateable:
    """Gather what gates may name."""
    values = {label: each.bounds for each in measures for label in both_labels(each.label)}
    return Gateable(axes, providers, values, tuple(dict.fromkeys(describe(each) for each in demanded)))


def _refuse_gates_on_nothing(suite: Suite, keys: Mapping[str, Cursor]) -> None:
    """Refuse gates that could never be decided, because there is nothing to adhere to."""
    nothing = not _demanded(suite.cases, suite.systems, suite.axes)
    for gate in _listed(keys, "gates"):
        measure = gate.child("measure")
        if nothing and measure.value in SHARES:
            measure.fail(
                f"{measure.value} is the share of constraints that are met, and no case or system prompt has any",
                hint="add `constraints`",
            )
    check_sources(suite, keys.get("gates"))


def _choice(keys: Mapping[str, Cursor], key: str, default: str, *others: str) -> Any:  # noqa: ANN401 - a literal of the caller's
    return keys[key].choice(default, *others) if key in keys else default


def _listed(keys: Mapping[str, Cursor], key: str) -> Iterator[Cursor]:
    return keys[key].list() if key in keys else iter(())


def _name(cursor: Cursor) -> str:
    text = cursor.text()
    if not _NAME.fullmatch(text):
        cursor.fail(
            f"`{text[:60]}` is not a name",
            hint="a name is made of letters, digits, `_`, `.` and `-`, and begins with none of the last two",
        )
    return text


def _names(cursor: Cursor) -> tuple[str, ...]:
    names: list[str] = []
    for each in cursor.one_or_more():
        if _name(each) in names:
            each.fail(f"`{each.value}` is named twice", hint="once is enough")
        names.append(each.value)
    if not names:
        cursor.fail(f"{cursor.name} must name at least one", hint="`evalkit providers` lists those there are")
    return tuple(names)


def _check_rounds(keys: Mapping[str, Cursor], suite: Suite) -> None:
    if suite.rounds is not None:
        labels = [label for each in suite.measures for label in both_labels(each.label)]
        decides = any(gate.on == "interval" for gate in suite.gates)
        check_rounds(keys["repeats"], suite.rounds, measures=labels, cases=len(suite.cases), decides=decides)


def _conversation(cursor: Cursor) -> Conversation:
    keys = cursor.mapping(("file", "exchanges", "mode"))
    if "exchanges" not in keys:
        cursor.fail("conversation needs `file` or `exchanges`", hint="for example `conversation: {file: talk.yaml}`")
    mode = cast("ConversationMode", keys["mode"].choice(*MODES)) if "mode" in keys else "scripted"
    exchanges: list[Exchange] = []
    for each in keys["exchanges"].list():
        turn = each.mapping(("user", "assistant"), required=("user",))
        if "assistant" not in turn and mode != "live":
            each.fail(f"an exchange lacks `assistant`, which mode {mode} needs", hint="or use `mode: live`")
        reply = turn["assistant"].text(empty=True) if "assistant" in turn else None
        exchanges.append(Exchange(turn["user"].text(), reply))
    if not exchanges:
        keys["exchanges"].fail(
            "a conversation needs at least one exchange", hint="each is `- user: ...` with `assistant: ...` below it"
        )
    return Conversation(tuple(exchanges), mode)


def _built_measures(keys: Mapping[str, Cursor], beside: Path | None) -> tuple[Measure, ...]:
    measures: dict[str, Measure] = {}
    for each in keys["measures"].list() if "measures" in keys else ():
        measure = cast("Measure", construct_at(_measures(), each, beside))
        if measure.label in measures:
            each.fail(f"measure `{measure.label}` stands twice", hint="once is enough")
        measures[measure.label] = measure
    return tuple(measures.values())


def _systems(
    keys: Mapping[str, Cursor], beside: Path | None, conversation: Conversation | None
) -> Mapping[str, System]:
    return read_systems(keys["systems"], beside, conversation=conversation) if "systems" in keys else {}


def _prompt(cursor: Cursor) -> str:
    """Read a prompt; where it names a file, that has been written out already."""
    if is_mapping(cursor.value):
        cursor.fail("prompt must be a text, got a mapping", hint="a file is named by `{file: path}` alone")
    return cursor.text()


def _cases(keys: Mapping[str, Cursor], beside: Path | None, conversation: Conversation | None) -> tuple[Case, ...]:
    shared = construct_all(_listed(keys, "constraints"), beside, conversation=conversation)
    everywhere: Mapping[str, Scalar] = _variables(keys["variables"]) if "variables" in keys else {}
    cases: dict[str, Case] = {}
    for each in keys["cases"].list():
        parts = each.mapping(CASE_KEYS, required=("id", "prompt"))
        name = _name(parts["id"])
        if name in cases:
            parts["id"].fail(f"case `{name}` stands twice", hint="give each case an id of its own")
        own = construct_all(_listed(parts, "constraints"), beside, conversation=conversation)
        cases[name] = Case(
            id=name,
            prompt=_prompt(parts["prompt"]),
            variables={**everywhere, **(_variables(parts["variables"]) if "variables" in parts else {})},
            constraints=(*shared, *own),
        )
    if not cases:
        keys["cases"].fail("a suite needs at least one case", hint="without cases there would be no samples")
    return tuple(cases.values())


def _variables(cursor: Cursor) -> Mapping[str, Scalar]:
    variables: dict[str, Scalar] = {}
    for name, each in cursor.mapping().items():
        if not name.isidentifier():
            each.fail(f"`{name}` cannot name a variable", hint="use letters, digits and `_`", key=True)
        variables[name] = each.scalar()
    return variables


def _measures() -> Registry:
    from evalkit.measures.registry import MEASURES  # noqa: PLC0415 - only where suites are built

    return MEASURES
