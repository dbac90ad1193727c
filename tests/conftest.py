"""What several test files share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import small_register
from gridgov.history import History, import_history
from gridgov.packs import Jurisdiction, load_pack

settings.register_profile("gridgov", deadline=None, derandomize=True)  # a run is the same run again
settings.register_profile("search", deadline=None)  # HYPOTHESIS_PROFILE=search looks further each time
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gridgov"))

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of large public data sets; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("GRIDGOV_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the large data sets are not here: {folder}")
    return folder


@pytest.fixture(scope="session")
def pingyin() -> Jurisdiction:
    """The bundled pack of Pingyin County, loaded once."""
    return load_pack("pingyin")


@pytest.fixture(scope="session")
def register(pingyin: Jurisdiction) -> History:
    """The register of Pingyin County, imported once."""
    return import_history(pingyin, "register")


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """The small pack for files with the standard columns, for a test that changes it."""
    return small_register.write_pack(tmp_path / "small")


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Jurisdiction:
    """The small pack for files with the standard columns, loaded once."""
    return load_pack(small_register.write_pack(tmp_path_factory.mktemp("small")))
