"""The command `evalkit`: thin commands over the same functions that Python code calls."""
