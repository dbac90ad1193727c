"""What several test files share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of large public data sets; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("GRIDGOV_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the large data sets are not here: {folder}")
    return folder
