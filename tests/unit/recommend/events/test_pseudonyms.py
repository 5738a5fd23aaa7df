from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import Unavailable
from recommend.events.pseudonyms import load_key


def test_a_key_is_made_once(tmp_path: Path) -> None:
    assert load_key(tmp_path / "subjects.key") == load_key(tmp_path / "subjects.key")


def test_no_key_is_made_where_there_is_no_data_directory(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="run `wenmai init`"):
        load_key(tmp_path / "missing" / "subjects.key")
