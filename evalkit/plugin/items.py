"""The items of a test run: one case under one condition, one gate, or a suite that cannot be run."""

from __future__ import annotations
