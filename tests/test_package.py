"""The package: a narrow door that costs little to open."""

import json
import subprocess
import sys
from importlib import import_module, metadata, resources

import pytest

import gridgov


def run(code: str) -> str:
    """Run a line of Python in a process of its own and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    return done.stdout.strip()


class TestDoor:
    """``import gridgov`` gives about thirty names, lazily."""

    def test_importing_loads_no_room_and_no_library_of_the_field(self) -> None:
        """Networkx is imported when a graph is first asked for; cattrs when a pack is read."""
        code = "import gridgov, json, sys; print(json.dumps(sorted(sys.modules)))"
        loaded = set(json.loads(run(code)))
        assert "gridgov" in loaded
        assert set() == {name for name in loaded if name.split(".")[0] in {"networkx", "cattrs", "cattr", "numpy"}}
        assert set() == {name for name in loaded if name.startswith("gridgov.")}

    def test_reading_an_organisation_loads_no_graph_library(self) -> None:
        """Questions about units use an index."""
        assert "False" == run("import gridgov.hierarchy, sys; print('networkx' in sys.modules)")

    def test_every_name_it_promises_is_there(self) -> None:
        """And is the one of its room."""
        for name in gridgov.__all__:
            assert getattr(gridgov, name).__module__.startswith("gridgov."), name
        assert sorted(gridgov.__all__) == list(gridgov.__all__)
        assert set(gridgov.__all__) | {"__version__"} == set(dir(gridgov))
        assert len(gridgov.__all__) <= 40

    def test_any_other_name_is_an_attribute_error(self) -> None:
        """As of every module."""
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            gridgov.nothing  # noqa: B018

    def test_names_come_from_the_door(self) -> None:
        """``from gridgov import Label`` is the room's own class."""
        values = import_module("gridgov.values")
        assert values.Label is gridgov.Label


class TestDistribution:
    """What is installed."""

    def test_says_that_it_is_typed(self) -> None:
        """PEP 561: type checkers read the package's own hints."""
        assert resources.files("gridgov").joinpath("py.typed").is_file()

    def test_has_one_version(self) -> None:
        """The package and its metadata agree."""
        assert metadata.version("gridgov") == gridgov.__version__
