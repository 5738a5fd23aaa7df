from __future__ import annotations

from pathlib import Path

from catalog.file_locks import hold, is_held


def test_a_file_is_held_until_it_is_closed_and_a_missing_one_by_nobody(tmp_path: Path) -> None:
    mark = tmp_path / "in-hand"
    assert not is_held(mark)
    with hold(mark):
        assert is_held(mark)
    assert not is_held(mark)
    assert not is_held(tmp_path / "nowhere" / "in-hand")
