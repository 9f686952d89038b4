"""Runs a user's functions in a process of their own, which can be killed."""
