"""A plan as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.plan import Viewed, left_out_lines, plan_json, print_plan
from evalkit.foresee import Outlook
from evalkit.prepare import prepare
from evalkit.selection import Selection
from evalkit.types import Condition, LeftOut
from tests.conftest import KEY_VARIABLE

if TYPE_CHECKING:
    import pytest

    from evalkit.prepare import Prepared
    from tests.conftest import SmallProject
    from vendors.server import FakeVendors

CLAUDE = """\
adapter: claude
model: claude-haiku-4-5
key_env: {key}
base_url: {url}
price: {{input: 1, output: 5}}
settings: {{max_tokens: 100}}
limits: {{requests_per_minute: 12}}
"""
GEMINI = """\
adapter: gemini
model: gemini-2.5-flash
key_env: ANOTHER_KEY
base_url: {url}
"""
OFFLINE = Viewed(Outlook(offline=True))
WHOLE = """\
suite small, version 1
  temperature: 0.0, 1.0
  system: none, dense
  4 conditions x 2 cases x 3 repeats x 3 providers = 72 probes
claude: 0 calls to claude-haiku-4-5
  unsupported: 8 cells: claude-haiku-4-5 does not take `temperature`
gemini: 24 calls to gemini-2.5-flash
  tokens in: about 300, at 4 bytes a token (ANOTHER_KEY is not set)
  tokens out: at most 24,576 if no answer passes 1,024 tokens: max_tokens is not
      set; no earlier answers tell more
  cost: not known; `price` in the profile states it
  time: not known before its first run
script: 24 calls to script
  tokens in: about 300, at 4 bytes a token
  tokens out: at most 24,576 if no answer passes 1,024 tokens: max_tokens is not
      set; no earlier answers tell more
  cost: $0
  time: not known before its first run
in all: 48 calls; $0; nobody knows what gemini costs; time not known
"""
COUNTED = """\
suite small, version 1
  system: none, dense
  2 conditions x 2 cases x 3 repeats x 1 provider = 12 probes
claude: 12 calls to claude-haiku-4-5
  tokens in: 72, counted by the vendor
  tokens out: at most 1,200, by max_tokens; no earlier answers tell more
  cost: at most $0.0061; prompt caches not counted
  time: at least 1:00, by its limit of 12 requests a minute
--max-cost 0.005 may be passed: the run may cost $0.0061, and would stop before
"""


def prepared(small_project: SmallProject, vendors: FakeVendors, providers: str, *, hot: bool = True) -> Prepared:
    """Prepare the small suite for some providers, with the axis of temperatures or without."""
    small_project.write("providers/claude.yaml", CLAUDE.format(key=KEY_VARIABLE, url=vendors.base_url("claude")))
    small_project.write("providers/gemini.yaml", GEMINI.format(url=vendors.base_url("gemini")))
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    text = text.replace("[script]", providers)
    small_project.write("suites/small.yaml", text if hot else text.replace("  temperature: [0.0, 1.0]\n", ""))
    return prepare(small_project.suite(), small_project.project, Selection())


def test_whole_plan(small_project: SmallProject, vendors: FakeVendors, capsys: pytest.CaptureFixture[str]) -> None:
    """A model that takes no temperature, one without key or price, and one that is free, with their total."""
    print_plan(prepared(small_project, vendors, "[claude, gemini, script]"), small_project.project)
    assert capsys.readouterr().out == WHOLE
    assert vendors.received == []


def test_counted_plan_with_a_cap(
    small_project: SmallProject, vendors: FakeVendors, capsys: pytest.CaptureFixture[str]
) -> None:
    """The vendor is asked about four prompts, and the cap is held against what the run may cost."""
    print_plan(prepared(small_project, vendors, "[claude]", hot=False), small_project.project, Viewed(max_cost=0.005))
    assert capsys.readouterr().out == COUNTED
    assert len(vendors.counted("claude")) == len(vendors.received) == 4


def test_plan_as_plain_data(small_project: SmallProject, vendors: FakeVendors) -> None:
    """The same numbers for programs; what is not known is null."""
    plan = plan_json(prepared(small_project, vendors, "[gemini, script]"), small_project.project, OFFLINE)
    assert (plan["suite"]["name"], plan["conditions"], plan["cases"], plan["repeats"], plan["probes"]) == (
        "small",
        4,
        2,
        3,
        48,
    )
    assert plan["providers"]["gemini"] == {
        "model": "gemini-2.5-flash",
        "calls": 24,
        "answered_already": 0,
        "unsupported": [],
        "prompts": 4,
        "counted_prompts": 0,
        "uncounted_because": "offline",
        "input_tokens": {"likely": 300, "most": 300},
        "output_tokens": {"likely": None, "most": 24576},
        "max_tokens_assumed": True,
        "cost_usd": None,
        "batch": False,
        "seconds": None,
        "seconds_by": None,
        "seconds_at_least": False,
    }
    assert plan["total"] == {
        "calls": 48,
        "cost_usd": {"likely": 0, "most": 0},
        "unpriced": ["gemini"],
        "seconds": None,
        "seconds_at_least": False,
    }


def test_same_reason_is_written_once() -> None:
    """Combinations left out for one reason share a line that counts them."""
    left_out = tuple(
        LeftOut(Condition((("temperature", temperature), ("refresh", 4))), "refresh", "nothing to restate")
        for temperature in (0.0, 0.5, 1.0)
    )
    assert left_out_lines(left_out) == ["refresh in 3 combinations: nothing to restate"]


def test_many_reasons_are_cut_short() -> None:
    """Beyond a dozen reasons the rest is counted."""
    left_out = tuple(LeftOut(Condition(), "refresh", f"reason {number}") for number in range(15))
    lines = left_out_lines(left_out)
    assert len(lines) == 13
    assert lines[-1] == "and 3 more reasons"
