"""Which rows are held against which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.matching import match_baseline, match_condition
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.types import AxisValue


def _key(provider: str = "local", /, **axes: AxisValue) -> tuple[str, Condition]:
    return provider, Condition(tuple(axes.items()))


def test_a_baseline_has_the_same_rows_or_is_said_to_lack_them() -> None:
    """A row that it lacks is named, not skipped."""
    here = [_key(system="dense"), _key(system="fluffy")]
    found = match_baseline(here, [_key(system="dense"), _key("other", system="fluffy")], "main")
    assert found.pairs == ((here[0], here[0]),)
    assert found.left_out == ("local, system fluffy: baseline main has no such row",)


def test_a_row_that_was_asked_for_something_else_is_said_to_be() -> None:
    """It is named with the reason, and not compared; one that the baseline lacks is not looked at."""
    here = [_key(system="dense"), _key(system="fluffy")]
    found = match_baseline(here, [here[0]], "main", lambda _: "it asks for something else")
    assert found.pairs == ()
    assert found.left_out == (
        "local, system dense: it asks for something else",
        "local, system fluffy: baseline main has no such row",
    )


def test_another_condition_differs_in_the_named_axes_alone() -> None:
    """Each temperature is held against the same temperature."""
    rows = [_key(temperature=t, system=s) for t in (0.0, 1.0) for s in ("dense", "fluffy")]
    found = match_condition([rows[0], rows[2]], rows, {"system": "fluffy"})
    assert found.pairs == ((rows[0], rows[1]), (rows[2], rows[3]))
    assert found.left_out == ()


def test_an_axis_without_anything_to_act_on_may_differ_besides() -> None:
    """No system prompt has no density, whatever the density of the one that is judged."""
    dense = _key(system="dense", density=0.5)
    nothing = _key(system=None, density=None)
    assert match_condition([dense], [dense, nothing], {"system": None}).pairs == ((dense, nothing),)


def test_what_is_not_there_is_named() -> None:
    """It may be unsupported, or not have been selected."""
    dense = _key(system="dense")
    (why,) = match_condition([dense], [dense], {"system": "fluffy"}).left_out
    assert why == "local, system dense: there is nothing drawn with system fluffy to compare with"


def test_another_provider_is_compared_with_and_not_judged() -> None:
    """Its own rows are left out without a word."""
    rows = [_key("local", turns=0), _key("vendor", turns=0)]
    found = match_condition(rows, rows, {"provider": "vendor"})
    assert found.pairs == ((rows[0], rows[1]),)
    assert found.left_out == ()


def test_an_axis_named_provider_wins() -> None:
    """`provider` then is a value of the axis."""
    rows = [_key("local", provider="a"), _key("local", provider="b")]
    assert match_condition([rows[0]], rows, {"provider": "b"}).pairs == ((rows[0], rows[1]),)
