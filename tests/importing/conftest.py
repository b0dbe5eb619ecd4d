"""The desk of a curator."""

from pathlib import Path

import pytest

from tests.importing.desk import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A project with a question that others have asked, to be changed by a test."""
    return desk_at(tmp_path)
