from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.errors import WenmaiError
from portal.bench.search import run
from portal.bench.timing import memory_bytes


@pytest.mark.slow
def test_a_kept_catalogue_is_measured_again_without_building(tmp_path: Path) -> None:
    folder, said = tmp_path / "kept", list[str]()
    folder.mkdir()
    first = run(100, 7, 10, said.append, keep=folder)
    second = run(100, 7, 10, said.append, keep=folder)
    assert said == ["loading 100 records", "building the index", "measuring", "measuring"]
    same = ("records", "queries", "build_seconds", "disk_bytes", "peak_rss_bytes")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert first["changes"]["changes"] > 0
    for measured in (first["changes"], first["changes"]["beside_worker"]):
        assert measured["found_after_ms"].keys() == {"p50", "p95", "p99"}
        assert measured["changes"] > 0
    with pytest.raises(WenmaiError, match="keeps another catalogue"):
        run(200, 7, 10, said.append, keep=folder)
    for name in ("records", "texts"):
        note = json.loads((folder / "bench.json").read_bytes())
        (folder / "bench.json").write_text(json.dumps({key: note[key] for key in note if key != name}))
        with pytest.raises(WenmaiError, match="keeps another catalogue"):
            run(100, 7, 10, said.append, keep=folder)
        (folder / "bench.json").write_text(json.dumps(note))


@pytest.mark.parametrize(
    ("name", "told"), [("wenmai.db", "no finished catalogue"), ("bench.json", "damaged")]
)
def test_what_is_left_of_a_build_that_broke_off_is_to_be_deleted(
    tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / name).write_text("{")
    with pytest.raises(WenmaiError, match=f"{told}.*: delete {tmp_path}|{tmp_path} has {told}.*: delete it"):
        run(100, 7, 10, list[str]().append, keep=tmp_path)


def test_memory_of_its_own_and_pages_of_files_are_told_apart() -> None:
    if not Path("/proc/self/status").exists():
        assert memory_bytes() == {}
        return
    memory = memory_bytes()
    assert memory.keys() == {"rss_anon_bytes", "rss_file_bytes"}
    assert all(1_000_000 < size < 100_000_000_000 for size in memory.values())
