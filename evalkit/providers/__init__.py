"""Adapters: each turns samples into completions for one kind of model. None is imported before it is asked for."""
