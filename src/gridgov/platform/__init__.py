"""The county's platform: live matters over a store of events, the commands and the questions."""

from gridgov.platform.assessing import MatterAssessment, ResponderMark, matter_assessment
from gridgov.platform.deadlines import Deadlines
from gridgov.platform.reenacting import Reenactment, Refusal, reenact
from gridgov.platform.service import Platform

__all__ = [
    "Deadlines",
    "MatterAssessment",
    "Platform",
    "Reenactment",
    "Refusal",
    "ResponderMark",
    "matter_assessment",
    "reenact",
]
