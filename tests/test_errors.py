"""Errors: what is refused, as values a program can read and a person can act on."""

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov import errors
from gridgov.errors import Fault, Faults, GridgovError, PackError

CLASSES = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, GridgovError)]
FAULTS = (
    Fault("unknown_unit", "no unit 'g9'", "units.csv:12", "add a row for it, or mend the id"),
    Fault("rows_overlap", "rows a and b both answer", about=("a", "b")),
)


class TestFault:
    """One thing wrong: code, sentence, place, what to do next."""

    @pytest.mark.parametrize(
        ("fault", "text"),
        [
            (Fault("empty_file", "no rows"), "no rows [empty_file]"),
            (Fault("empty_file", "no rows", "units.csv"), "units.csv: no rows [empty_file]"),
            (Fault("empty_file", "no rows", hint="add some"), "no rows [empty_file]: add some"),
            (FAULTS[0], "units.csv:12: no unit 'g9' [unknown_unit]: add a row for it, or mend the id"),
        ],
    )
    def test_reads_as_one_line(self, fault: Fault, text: str) -> None:
        """Place first, then what, the code, and the hint; what is empty leaves no mark."""
        assert text == str(fault)

    def test_a_reader_adds_the_place(self) -> None:
        """Whoever knows file and line says so; nothing else changes."""
        placed = FAULTS[1].at("duties.csv:7")
        assert ("", "duties.csv:7") == (FAULTS[1].place, placed.place)
        assert (FAULTS[1].code, FAULTS[1].message, ("a", "b")) == (placed.code, placed.message, placed.about)

    @pytest.mark.parametrize(("length", "kept"), [(499, 499), (500, 500), (501, 500), (1_000_000, 500)])
    def test_a_long_message_is_cut(self, length: int, kept: int) -> None:
        """A hostile file cannot fill the log; the cut shows."""
        message = Fault("x", "村" * length).message
        assert (kept, length > kept) == (len(message), message.endswith("…"))


class TestErrors:
    """One root class; each family is also the built-in that a caller would expect."""

    @pytest.mark.parametrize(
        ("name", "family"),
        [
            ("PackError", ValueError),
            ("RecordError", ValueError),
            ("LimitError", ValueError),
            ("NotInForceError", LookupError),
            ("AmbiguousRuleError", LookupError),
            ("NotAuthorisedError", PermissionError),
            ("ConflictOfInterestError", errors.NotAuthorisedError),
            ("ChainBrokenError", errors.StoreError),
            ("RefusedError", GridgovError),
            ("StaleVersionError", GridgovError),
            ("CommandMismatchError", GridgovError),
        ],
    )
    def test_is_of_its_family(self, name: str, family: type[Exception]) -> None:
        """So that ``except LookupError`` does what it says."""
        assert issubclass(getattr(errors, name), family)

    @pytest.mark.parametrize("error", CLASSES)
    def test_carries_its_faults(self, error: type[GridgovError]) -> None:
        """As values and as lines; its code is the first one's."""
        raised = error(FAULTS)
        assert (FAULTS, 2, "unknown_unit") == (raised.faults, raised.total, raised.code)
        assert "\n".join(map(str, FAULTS)) == str(raised)

    @pytest.mark.parametrize("error", CLASSES)
    def test_survives_pickling(self, error: type[GridgovError]) -> None:
        """Errors cross from worker processes whole, with the count of what was not kept."""
        raised = error(FAULTS, 250)
        copy = pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own bytes
        assert (error, FAULTS, 250, str(raised)) == (type(copy), copy.faults, copy.total, str(copy))

    @pytest.mark.parametrize("error", CLASSES)
    def test_of_one_fault(self, error: type[GridgovError]) -> None:
        """The short way to say one thing."""
        raised = error.of("unknown_unit", "no unit 'g9'", "units.csv:12", "add a row for it, or mend the id")
        assert (error, FAULTS[:1], 1) == (type(raised), raised.faults, raised.total)

    def test_keeps_a_hundred_and_counts_all(self) -> None:
        """A file with a million faults makes one error of a hundred lines and one more."""
        raised = PackError(Fault("x", str(number)) for number in range(1_234))
        assert (100, 1_234) == (len(raised.faults), raised.total)
        assert "… and 1134 more faults" == str(raised).splitlines()[-1]
        again = PackError(raised.faults, raised.total)
        assert (raised.faults, 1_234) == (again.faults, again.total)

    def test_every_name_it_promises_is_there(self) -> None:
        """And every error class is promised."""
        assert {each.__name__ for each in CLASSES} | {"Fault", "Faults"} == set(errors.__all__)


class TestFaults:
    """A file's faults come all at once."""

    def test_without_faults_nothing_is_raised(self) -> None:
        """So that a reader ends with the same line whether or not something was wrong."""
        faults = Faults()
        faults.raise_as(PackError)
        assert (0, []) == (len(faults), list(faults))

    @given(st.lists(st.integers(0, 60), max_size=8))
    def test_keeps_the_first_hundred_in_order_and_counts_all(self, sizes: list[int]) -> None:
        """However they arrive, one by one or in bulk."""
        faults, expected = Faults(), []
        for size in sizes:
            batch = [Fault("x", f"{len(expected)}.{number}", "units.csv", "mend it") for number in range(size)]
            expected += batch
            if size == 1:
                faults.add("x", batch[0].message, "units.csv", "mend it")
            else:
                faults.extend(iter(batch))
        assert (len(expected), expected[:100]) == (len(faults), list(faults))
        if expected:
            with pytest.raises(PackError) as error:
                faults.raise_as(PackError)
            assert (tuple(expected[:100]), len(expected)) == (error.value.faults, error.value.total)
