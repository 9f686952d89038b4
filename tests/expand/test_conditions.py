"""Which conditions a suite runs, and which it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.expand import sweep
from evalkit.expand.conditions import system_of
from evalkit.types import Condition, Conversation, Exchange, System

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import AxisValue, Suite

SYSTEMS = {
    "none": System(),
    "empty": System(text=""),
    "dense": System(text="Be brief."),
    "rules": System(rules=("Be brief.", "Name both."), filler=("Have fun today.", "Enjoy.", "All is well here.")),
}
EXCHANGES = tuple(Exchange(f"Question {index}?", f"Reply {index}.") for index in range(13))
CONVERSATION = Conversation(EXCHANGES)


def _suite(make_suite: Callable[..., Suite], axes: dict[str, tuple[AxisValue, ...]], **parts: object) -> Suite:
    return make_suite(**{"systems": SYSTEMS, "conversation": CONVERSATION, "axes": axes, **parts})


def _values(suite: Suite) -> list[tuple[AxisValue, ...]]:
    return [tuple(value for _, value in condition.values) for condition in sweep(suite).conditions]


def test_conditions_come_in_the_order_of_the_product(make_suite: Callable[..., Suite]) -> None:
    """The first axis of the file changes slowest."""
    suite = _suite(make_suite, {"temperature": (0.0, 0.5), "system": ("none", "dense"), "turns": (0, 2)})
    assert _values(suite) == [
        (0.0, "none", 0),
        (0.0, "none", 2),
        (0.0, "dense", 0),
        (0.0, "dense", 2),
        (0.5, "none", 0),
        (0.5, "none", 2),
        (0.5, "dense", 0),
        (0.5, "dense", 2),
    ]
    assert sweep(suite).left_out == ()


def test_a_suite_without_axes_has_one_condition(make_suite: Callable[..., Suite]) -> None:
    """Nothing varies, yet there is something to run."""
    assert sweep(make_suite()).conditions == (Condition(()),)


def test_chosen_values_narrow_an_axis(make_suite: Callable[..., Suite]) -> None:
    """Axes that are not named keep all values; the order is that of the choice."""
    suite = _suite(make_suite, {"temperature": (0.0, 0.5, 1.0), "turns": (0, 2)})
    narrowed = sweep(suite, {"temperature": (1.0, 0.0)}).conditions
    assert [condition.values for condition in narrowed] == [
        (("temperature", temperature), ("turns", turns)) for temperature in (1.0, 0.0) for turns in (0, 2)
    ]


LEFT_OUT: list[Any] = [
    pytest.param(
        {"system": ("none", "dense"), "turns": (4,), "refresh": ("never", 2)},
        {},
        [("none", 4, "never"), ("dense", 4, "never"), ("dense", 4, 2)],
        [(("none", 4, 2), "refresh", "system none has nothing to restate; run once, as refresh never")],
        id="refresh without a system",
    ),
    pytest.param(
        {"system": ("empty",), "turns": (4,), "refresh": ("never", 2)},
        {},
        [("empty", 4, "never")],
        [(("empty", 4, 2), "refresh", "system empty has nothing to restate; run once, as refresh never")],
        id="refresh of an empty system",
    ),
    pytest.param(
        {"system": (None,), "turns": (4,), "refresh": (2, 3)},
        {},
        [(None, 4, None)],
        [
            ((None, 4, 2), "refresh", "system – has nothing to restate; run once, as refresh –"),  # noqa: RUF001 - what people see
            ((None, 4, 3), "refresh", "system – has nothing to restate; run once, as refresh –"),  # noqa: RUF001 - as above
        ],
        id="no neutral value on the axis",
    ),
    pytest.param(
        {"system": ("dense",), "turns": (0, 3, 4, 5), "refresh": ("never", 4)},
        {},
        [
            ("dense", 0, "never"),
            ("dense", 3, "never"),
            ("dense", 4, "never"),
            ("dense", 4, 4),
            ("dense", 5, "never"),
            ("dense", 5, 4),
        ],
        [
            (
                ("dense", 0, 4),
                "refresh",
                "0 turns are fewer than refresh 4, so nothing is restated; run once, as refresh never",
            ),
            (
                ("dense", 3, 4),
                "refresh",
                "3 turns are fewer than refresh 4, so nothing is restated; run once, as refresh never",
            ),
        ],
        id="fewer turns than refresh",
    ),
    pytest.param(
        {"system": ("dense",), "refresh": ("never", 1)},
        {},
        [("dense", "never")],
        [
            (
                ("dense", 1),
                "refresh",
                "0 turns are fewer than refresh 1, so nothing is restated; run once, as refresh never",
            )
        ],
        id="refresh without turns",
    ),
    pytest.param(
        {"system": ("dense",), "turns": (4,), "refresh": ("never", 2)},
        {"conversation": Conversation(EXCHANGES, "padding")},
        [("dense", 4, "never")],
        [
            (
                ("dense", 4, 2),
                "refresh",
                "padding has no exchanges to restate the system prompt after; run once, as refresh never",
            )
        ],
        id="padding",
    ),
    pytest.param(
        {"system": ("none", "dense", "rules"), "density": (1.0, 0.5)},
        {},
        [("none", None), ("dense", None), ("rules", 1.0), ("rules", 0.5)],
        [
            (("none", 1.0), "density", "system none has no list of rules to dilute; run once, as density –"),  # noqa: RUF001 - as above
            (("none", 0.5), "density", "system none has no list of rules to dilute; run once, as density –"),  # noqa: RUF001 - as above
            (("dense", 1.0), "density", "system dense has no list of rules to dilute; run once, as density –"),  # noqa: RUF001 - as above
            (("dense", 0.5), "density", "system dense has no list of rules to dilute; run once, as density –"),  # noqa: RUF001 - as above
        ],
        id="density without rules",
    ),
    pytest.param(
        {"system": ("dense", "toned"), "tone": ("kind", "curt")},
        {"systems": {**SYSTEMS, "toned": System(text="Be {{ tone }}.")}},
        [("dense", None), ("toned", "kind"), ("toned", "curt")],
        [
            (("dense", "kind"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            (("dense", "curt"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
        ],
        id="variable of another system",
    ),
    pytest.param(
        {"turns": (0, 1), "tone": ("kind", "curt")},
        {"conversation": Conversation((Exchange("Be {{ tone }}.", "Yes."),))},
        [(0, None), (1, "kind"), (1, "curt")],
        [
            ((0, "kind"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            ((0, "curt"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
        ],
        id="variable of a later exchange",
    ),
    pytest.param(
        {"turns": (1,), "tone": ("kind", "curt")},
        {"conversation": Conversation((Exchange("Hello.", "A {{ tone }} one."),), "live")},
        [(1, None)],
        [
            ((1, "kind"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            ((1, "curt"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
        ],
        id="variable of a reply that live replaces",
    ),
    pytest.param(
        {"system": ("dense",), "turns": (1,), "refresh": ("never", 2), "tone": ("kind", "curt")},
        {"refresh": "{{ tone }} {{ system }} {{ message }}"},
        [("dense", 1, "never", None)],
        [
            (("dense", 1, "never", "kind"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            (("dense", 1, "never", "curt"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            *(
                (("dense", 1, 2, tone), axis, reason)
                for tone in ("kind", "curt")
                for axis, reason in (
                    (
                        "refresh",
                        "1 turns are fewer than refresh 2, so nothing is restated; run once, as refresh never",
                    ),
                    ("tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
                )
            ),
        ],
        id="variable of a restatement that never comes",
    ),
    pytest.param(
        {"system": ("rules",), "density": (1.0, 0.4), "tone": ("kind", "curt")},
        {"systems": {"rules": System(rules=("Be brief.",), filler=("Have a {{ tone }} day.",))}},
        [("rules", 1.0, None), ("rules", 0.4, "kind"), ("rules", 0.4, "curt")],
        [
            (("rules", 1.0, "kind"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
            (("rules", 1.0, "curt"), "tone", "no template of this combination uses `tone`; run once, as tone –"),  # noqa: RUF001 - as above
        ],
        id="variable of filler that density 1 leaves out",
    ),
]


@pytest.mark.parametrize(("axes", "parts", "kept", "left_out"), LEFT_OUT)
def test_what_has_nothing_to_act_on_is_run_once_and_listed(
    make_suite: Callable[..., Suite],
    axes: dict[str, tuple[AxisValue, ...]],
    parts: dict[str, Any],
    kept: list[tuple[AxisValue, ...]],
    left_out: list[tuple[tuple[AxisValue, ...], str, str]],
) -> None:
    """Each such combination stands in the list as it was written, with the axis and the reason."""
    suite = _suite(make_suite, axes, **parts)
    assert _values(suite) == kept
    found = [(tuple(value for _, value in out.condition.values), out.axis, out.reason) for out in sweep(suite).left_out]
    assert found == left_out


def test_settings_always_act(make_suite: Callable[..., Suite]) -> None:
    """No template has to use an axis that is a setting."""
    suite = _suite(make_suite, {"top_p": (0.5, 0.9), "stop": (("a", "b"), ("c",))})
    assert len(sweep(suite).conditions) == 4
    assert sweep(suite).left_out == ()


@pytest.mark.parametrize("prompt", ["Say {{ tone }}.", "{% if tone == 'kind' %}Please. {% endif %}Say it."])
def test_a_variable_of_a_case_acts(make_suite: Callable[..., Suite], prompt: str) -> None:
    """One case that uses it is enough."""
    from evalkit.types import Case

    cases = (Case("plain", "Say it."), Case("toned", prompt))
    suite = make_suite(cases=cases, axes={"tone": ("kind", "curt")})
    assert _values(suite) == [("kind",), ("curt",)]


def test_kept_and_left_out_make_the_product(make_suite: Callable[..., Suite]) -> None:
    """Every combination is kept, or is listed and stands for one that is kept."""
    axes: dict[str, tuple[AxisValue, ...]] = {
        "system": ("none", "empty", "dense", "rules"),
        "density": (1.0, 0.5),
        "turns": (0, 2, 4),
        "refresh": ("never", 2, 3),
    }
    found = sweep(_suite(make_suite, axes))
    assert len(set(found.conditions)) == len(found.conditions)
    combinations_left_out = {out.condition for out in found.left_out}
    untouched = [condition for condition in found.conditions if None not in condition.as_dict().values()]
    assert not combinations_left_out & set(untouched)
    # Of 4 x 2 x 3 x 3 = 72: rules keep 2 x (never x 3, 2 x {2, 4} turns, 3 x {4} turns) = 12, dense 6, the others 3.
    assert len(found.conditions) == 12 + 6 + 3 + 3
    rules_inert, dense_inert = 2 * 3, 18
    assert len(combinations_left_out) == rules_inert + dense_inert + 18 + 18


def test_null_names_no_system(make_suite: Callable[..., Suite]) -> None:
    """`system: null` on the axis needs no entry."""
    assert system_of(make_suite(), None).absent
