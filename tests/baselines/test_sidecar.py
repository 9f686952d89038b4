"""Tests of the file of sketches."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.baselines.sidecar import read_sketches, write_sketches
from evalkit.errors import BaselineError
from evalkit.sketches import Sketches, sketch_texts
from evalkit.types import Condition

if TYPE_CHECKING:
    from pathlib import Path

CHECK = "0badf00d"
HOT = Condition((("temperature", 1.0), ("system", None), ("stop", ("a", "b"))))
SKETCHES = Sketches(
    {
        ("gpt2", HOT, "b"): sketch_texts(["one", "two"]),
        ("gpt2", HOT, "a"): sketch_texts(["three"]),
        ("claude", Condition(), "a"): sketch_texts(["four", "five", "six"]),
    }
)
DATA = write_sketches(SKETCHES, CHECK)


def _read(data: bytes, folder: Path, check: str = CHECK) -> Sketches | None:
    path = folder / "main.sketches"
    path.write_bytes(data)
    return read_sketches(path, "main.sketches", check)


def _refused(data: bytes, folder: Path, check: str = CHECK) -> BaselineError:
    with pytest.raises(BaselineError) as refused:
        _read(data, folder, check)
    assert refused.value.message.startswith("main.sketches ")
    assert "without the file, all is compared but whether the texts differ" in (refused.value.hint or "")
    return refused.value


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    """Every draw comes back at its place; what has none is empty."""
    read = _read(DATA, tmp_path)
    assert read is not None
    assert set(read.by_place) == set(SKETCHES.by_place)
    assert all((read.of(*place) == SKETCHES.of(*place)).all() for place in SKETCHES.by_place)
    assert len(read.of("gpt2", HOT, "other")) == 0


def test_the_order_of_cells_changes_no_byte() -> None:
    """The same sketches are the same file."""
    assert (
        write_sketches(
            Sketches({place: SKETCHES.by_place[place] for place in reversed(list(SKETCHES.by_place))}), CHECK
        )
        == DATA
    )


def test_no_file_is_no_sketches(tmp_path: Path) -> None:
    """A baseline without them is one all the same."""
    assert read_sketches(tmp_path / "main.sketches", "main.sketches", CHECK) is None


def test_what_belongs_to_another_baseline_is_refused(tmp_path: Path) -> None:
    """Both checks are named."""
    assert _refused(DATA, tmp_path, "12345678").message == (
        "main.sketches belongs to another version of this baseline: its check is 0badf00d, the baseline's 12345678"
    )


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """The hint says what to upgrade."""
    error = _refused(DATA.replace(b"sketches 1", b"sketches 2", 1), tmp_path)
    assert error.message == "main.sketches has format 2; this evalkit reads formats up to 1"
    assert "prompt-evalkit" in (error.hint or "")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"evalkit sketches\n", b"evalkit sketches 0\n", b"\n" * 9])
def test_another_file_is_refused(tmp_path: Path, data: bytes) -> None:
    """What does not begin as a file of sketches is none."""
    assert _refused(data, tmp_path).message == "main.sketches is no file of sketches"


@pytest.mark.parametrize("cut", [20, 40, len(DATA) // 2, len(DATA) - 1])
def test_a_cut_file_is_refused(tmp_path: Path, cut: int) -> None:
    """Wherever it ends."""
    assert "is damaged" in _refused(DATA[:cut], tmp_path).message


@given(place=st.integers(0, len(DATA) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, place: int, byte: int) -> None:
    """Any byte may be another one, and the file is refused."""
    if DATA[place] != byte:
        folder = tmp_path_factory.mktemp("changed")
        with pytest.raises(BaselineError):
            _read(DATA[:place] + bytes([byte]) + DATA[place + 1 :], folder)


@pytest.mark.parametrize(
    "plain",
    [
        b"{}\n" + bytes(256),
        b"[1]\n" + bytes(256),
        b"not JSON\n" + bytes(256),
        b"[]\n" + bytes(255),
        b"[]\n" + bytes(256),
        json.dumps([{"provider": "gpt2", "condition": {}, "cases": {"a": 2}}]).encode() + b"\n" + bytes(256),
        json.dumps([{"provider": "gpt2", "condition": {}, "cases": {"a": "x"}}]).encode() + b"\n" + bytes(256),
        json.dumps([{"provider": "gpt2", "condition": [], "cases": {}}]).encode() + b"\n" + bytes(256),
    ],
)  # fmt: skip
def test_content_that_nobody_writes_is_refused(tmp_path: Path, plain: bytes) -> None:
    """With length and CRC right, what cannot be read is still said to be damaged."""
    body = zlib.compress(plain)
    head = {"check": CHECK, "bytes": len(body), "crc32": f"{zlib.crc32(body):08x}"}
    data = b"evalkit sketches 1\n" + json.dumps(head).encode() + b"\n" + body
    assert "is damaged" in _refused(data, tmp_path).message


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    """What cannot be read is an error with its reason."""
    (tmp_path / "main.sketches").mkdir()
    with pytest.raises(BaselineError, match=r"main\.sketches cannot be read"):
        read_sketches(tmp_path / "main.sketches", "main.sketches", CHECK)


def test_texts_are_in_no_file() -> None:
    """Neither the file nor what it holds compressed has a word of the texts in it."""
    word = b"unmistakable"
    data = write_sketches(Sketches({("gpt2", HOT, "a"): sketch_texts([word.decode() * 20])}), CHECK)
    body = data.split(b"\n", 2)[2]
    assert word not in data + zlib.decompress(body)
    assert np.abs(sketch_texts([word.decode() * 20])).sum() > 0
