"""Judges: models that answer a question about a completion, and what their votes come to."""
