"""Statistics over the texts of one cell: how much repeated draws of the same prompt vary."""
