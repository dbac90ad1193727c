"""History scored: a file of records becomes matters, fact rows, rates, scores and ranks.

The short way of a matter through the house: record → facts → assess → rank. The log of an import holds only what
had happened by *as_of*; every row of the file is taken, set aside as later, or rejected with its reason.
"""

from gridgov.history.importing import import_history, replay
from gridgov.history.scoring import CODEC, Figures, History

__all__ = ["CODEC", "Figures", "History", "import_history", "replay"]
