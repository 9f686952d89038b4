"""Finds out, with few calls, what each knob of a model really does."""
