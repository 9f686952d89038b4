"""Estimates and their intervals: pure functions over numbers, each with its source."""
