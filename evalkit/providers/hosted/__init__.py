"""What the adapters of hosted models share: the HTTP client, reading answers and errors, rate headers, traffic."""
