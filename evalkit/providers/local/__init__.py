"""A transformers model on this machine: loading, prompts, exact sampling and batched decoding."""
