"""The run store: one SQLite file per project, and the only code that writes to it."""

from evalkit.store.batches import OpenBatch
from evalkit.store.connection import open_database
from evalkit.store.sessions import Session
from evalkit.store.store import Identity, Store

__all__ = ["Identity", "OpenBatch", "Session", "Store", "open_database"]
