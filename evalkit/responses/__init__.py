"""Texts that came from elsewhere: read from a file, joined to a suite's cases, and kept as a run."""
