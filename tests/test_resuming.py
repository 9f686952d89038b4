"""What must be the same when a run goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.prepare import prepare
from evalkit.resuming import check_profiles
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.store import Store

if TYPE_CHECKING:
    from tests.conftest import SmallProject


def test_profile_that_shapes_other_answers_is_refused(small_project: SmallProject) -> None:
    """Another model would be another run; how fast it may be asked is no matter."""
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    with Store(small_project.project.store) as store:
        run = start_run(prepared, store)
    [profile] = prepared.profiles
    check_profiles(run, [profile, replace(profile, timeout_s=5.0)])
    with pytest.raises(UsageError, match=f"profile `{profile.name}` has another `model` than when run {run.id} began"):
        check_profiles(run, [replace(profile, model="other")])
