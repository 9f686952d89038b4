"""Lets `python -m evalkit` be the command `evalkit`."""

from evalkit.cli.main import main

if __name__ == "__main__":
    main()
