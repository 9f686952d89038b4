"""A project at the fake vendors whose suites are drawn for test sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sitting import SessionProject

if TYPE_CHECKING:
    from pathlib import Path

    from vendors.server import FakeVendors


@pytest.fixture
def project(tmp_path: Path, vendors: FakeVendors) -> SessionProject:
    """Give a project with the profile `claude`, and a suite `one` of three cases with two draws each."""
    made = SessionProject(tmp_path, vendors.base_url)
    (tmp_path / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    made.profile("claude")
    made.suite("one")
    return made
