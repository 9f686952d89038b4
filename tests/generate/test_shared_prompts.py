"""The order in which repeats of a long prompt go out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.generate.calls import Calls
from evalkit.generate.shared_prompts import SharedPrompts
from evalkit.types import Completion, Usage
from tests.generate.conftest import Mine, answered, collected, mine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.types import Profile, Sample
    from vendors.server import FakeVendors

LONG, OTHER = "word " * 400, "another " * 300
"""About 500 and 600 tokens."""
