"""The county's platform: live matters over a store of events, the commands and the questions."""

from gridgov.platform.deadlines import Deadlines
from gridgov.platform.reenacting import Reenactment, Refusal, reenact
from gridgov.platform.service import Platform

__all__ = ["Deadlines", "Platform", "Reenactment", "Refusal", "reenact"]
