"""A pack outside the library: the event log of a Dutch municipality, one row per happening."""

from collections import Counter
from pathlib import Path

import pytest

from gridgov.history import History, import_history
from gridgov.packs import check_pack, load_pack

PACK = Path(__file__).resolve().parent / "packs" / "receipt-nl"


@pytest.fixture(scope="module")
def history() -> History:
    return import_history(load_pack(PACK), "log")


class TestReceipt:
    """A new source needs a map, not code: times with offsets, a deadline and a department on every row."""

    def test_it_has_no_fault(self) -> None:
        """The pack is whole."""
        assert [] == check_pack(PACK)

    def test_every_event_is_taken(self, history: History) -> None:
        """8,577 events of 1,434 cases."""
        assert (8_577, 0, ()) == (history.rows, history.later, history.rejected)
        assert 1_434 == len(history.matters)

    def test_cases_that_outlived_their_deadline(self, history: History) -> None:
        """92 cases have an event after it; a case has one assignment, of its department."""
        facts = history.facts()
        assert (1_434, {"record"}) == (len(facts), {row.due_basis for row in facts})
        assert {True: 92, False: 1_342} == Counter(row.facts["overran"] for row in facts)

    def test_departments(self, history: History) -> None:
        """Cases by department, as the log states it, and those whose confirmation went out."""
        facts = history.facts()
        assert {"general": 1_390, "experts": 15, "customer-contact": 29} == Counter(row.unit for row in facts)
        assert 1_300 == sum(row.facts["completed"] for row in facts)
