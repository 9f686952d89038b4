"""The run store: one SQLite file per project, and the only code that writes to it."""

from evalkit.store.batches import OpenBatch
from evalkit.store.connection import open_database
from evalkit.store.drawn import Drawn, Identity, StoredSample
from evalkit.store.sessions import Session
from evalkit.store.store import Store

__all__ = ["Drawn", "Identity", "OpenBatch", "Session", "Store", "StoredSample", "open_database"]
