"""Baselines: what a run scored, kept under a name in a file that is committed and read without the store."""
