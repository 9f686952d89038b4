"""Measures what temperature, system-prompt density and conversation length do to a prompt, with honest error bars."""
