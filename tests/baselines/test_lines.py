"""Tests of what a baseline's file looks like."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

from evalkit.baselines.lines import baseline_lines, check_of
from tests.baselines.conftest import OF, Rows, case, row, text_of

EXPECTED = """\
{"format":1, "evalkit":"0.1.0", "suite":{"name":"tone", "version":2, "hash":"ffff"}, "run":"20261126-010203-abcd", \
"date":"2026-11-26T01:02:03.000+00:00", "scoring":1, "check":"HEAD", "rows":[
{"provider":"smollm2", "model":"SmolLM2-135M-Instruct", "condition":{"temperature":0.8, "system":"dense"}, \
"requested":{"max_tokens":48, "temperature":0.8}, "applied":{"max_tokens":48, "temperature":0.8}, \
"served":["SmolLM2-135M-Instruct"], "check":"ROW", "cases":[
{"case":"kafka", "by":"a1b2c3d4e5f6", "draws":8, "adherence":"0.5:2 1:6", \
"met":{"contains_all":"1:8", "max_words":"0:2 1:6"}, "characters":412.25, "latency_s":1.03, "check":"KAFKA"},
{"case":"rabbit", "by":"a1b2c3d4e5f6", "draws":8, "outcomes":"complete:7 refusal:1", "adherence":"1:8", \
"met":{"contains_all":"1:8", "max_words":"1:8"}, \
"values":{"edit":1.0, "exact_agreement":0.25, "exact_agreement_normalised":0.5, \
"odd":1.0, "odd_normalised":null}, "characters":412.25, \
"latency_s":1.03, "check":"RABBIT"}
]}
]}
"""


def test_each_case_has_a_line() -> None:
    """The whole file, with the checks taken over; it is JSON, a line of a case has about 200 bytes."""
    values = {
        "exact_agreement": 0.25,
        "exact_agreement_normalised": 0.5,
        "edit": 1.0,
        "edit_normalised": 1.0,
        "odd": 1.0,
    }
    rabbit = case("rabbit", 8, outcomes={"complete": 7, "refusal": 1, "error": 0}, values=values)
    text = text_of(row(rabbit, case()), of=replace(OF, suite_hash="ffff"))
    plain = json.loads(text)
    kafka, other = plain["rows"][0]["cases"]
    expected = EXPECTED
    for name, part in (("HEAD", plain), ("ROW", plain["rows"][0]), ("KAFKA", kafka), ("RABBIT", other)):
        expected = expected.replace(f'"check":"{name}"', f'"check":"{part["check"]}"')
    assert text == expected
    assert [case["case"] for case in plain["rows"][0]["cases"]] == ["kafka", "rabbit"]
    assert len(text.splitlines()[2]) < 210


def test_a_changed_case_changes_its_line_and_the_checks_above_it() -> None:
    """A diff shows what moved: the case, and the two lines whose checks cover it."""
    one = text_of(row(case("a"), case("b")), row(case("a"), temperature=0.0)).splitlines()
    other = text_of(row(case("a"), case("b", met=5)), row(case("a"), temperature=0.0)).splitlines()
    moved = [index for index, (old, new) in enumerate(zip(one, other, strict=True)) if old != new]
    assert [other[index][:13] for index in moved] == ['{"format":1, ', '{"provider":"', '{"case":"b", ']


def test_rows_are_sorted_by_number() -> None:
    """Temperature 2 stands before 10, and null before both."""
    lines = baseline_lines(Rows(OF, tuple(row(t=value) for value in (10, 2.0, None, "x"))))
    found = [json.loads(line.replace(', "cases":[', "}"))["condition"]["t"] for line in lines if "provider" in line]
    assert found == [None, 2.0, 10, "x"]


def test_nothing_at_all_is_a_file_too() -> None:
    """No rows, and a row without cases."""
    assert json.loads("\n".join(baseline_lines(Rows(OF, ()))))["rows"] == []
    assert json.loads("\n".join(baseline_lines(Rows(OF, (replace(row(), cases=()),)))))["rows"][0]["cases"] == []


def test_a_measure_that_is_no_number_is_left_out() -> None:
    """NaN and infinity appear in no file."""
    assert '"values"' not in text_of(row(case(values={"a": float("nan"), "b": float("inf")})))


def test_checks_are_crc_32() -> None:
    """The check is the one that everybody knows: of `123456789`, whole or in parts."""
    assert check_of("123456789") == check_of("1234", "56789") == "cbf43926"


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    """The same rows are the same bytes in every process."""
    program = (
        "from tests.baselines.conftest import *; import sys;"
        "sys.stdout.write(text_of(row(case(values={'b': 1.0, 'a': 2.0})), row(temperature=1.0)))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "NO_PROXY": "127.0.0.1"},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(texts) == 1
