"""Worked cases run: what a pack says must come out, against what does.

A case leaves out what it does not care about; each expectation it states is compared on its own, so that a failing
case says which one differs.
"""

from gridgov.worked.cases import Outcome, run_cases

__all__ = ["Outcome", "run_cases"]
