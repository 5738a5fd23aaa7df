from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import DIMENSION, rows_of, unit_vectors

from catalog.errors import Unavailable
from search.embedded.vector_log import (
    LIVES,
    MORE,
    VectorLogWriter,
    code_word,
    entry_count,
    entry_type,
    read_entries,
)

WIDTH = entry_type(DIMENSION).itemsize


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of three entries; the last says that resource 1 left."""
    path = tmp_path / "log.bin"
    writer = VectorLogWriter(path, DIMENSION)
    writer.append(rows_of([1, 2], [5, 6], unit_vectors(2)))
    writer.bury([1])
    return path


def numbers(path: Path, start: int = 0) -> list[tuple[int, int, int]]:
    return [
        (int(e["number"]), int(e["revision"]), int(e["role"])) for e in read_entries(path, DIMENSION, start)
    ]


def test_entries_are_read_as_they_were_written(log: Path) -> None:
    assert numbers(log) == [(1, 5, 1), (2, 6, 1), (1, 0, 2)]
    assert numbers(log, start=2) == [(1, 0, 2)]
    assert read_entries(log, DIMENSION)["vector"][0] == pytest.approx(unit_vectors(2)[0], abs=1e-3)
    assert entry_count(log, DIMENSION) == 3


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert numbers(tmp_path / "log.bin") == []
    assert entry_count(tmp_path / "log.bin", DIMENSION) == 0


@pytest.mark.parametrize("left", [1, WIDTH // 2, WIDTH - 1])
def test_a_torn_last_entry_is_ignored_and_taken_off_by_the_next_writer(log: Path, left: int) -> None:
    whole = log.read_bytes()
    log.write_bytes(whole[: 2 * WIDTH + left])
    assert numbers(log) == [(1, 5, 1), (2, 6, 1)]
    VectorLogWriter(log, DIMENSION).append(rows_of([3], [7], unit_vectors(1)))
    assert log.stat().st_size == 3 * WIDTH
    assert numbers(log) == [(1, 5, 1), (2, 6, 1), (3, 7, 1)]


@pytest.mark.parametrize("place", [0, 4, 8, 16, 20, WIDTH - 1])
def test_a_flipped_bit_before_sound_entries_is_no_power_cut_and_refused(log: Path, place: int) -> None:
    content = bytearray(log.read_bytes())
    content[WIDTH + place] ^= 4
    log.write_bytes(content)
    with pytest.raises(Unavailable, match=r"log\.bin is damaged at entry 1: build the index again"):
        numbers(log)
    with pytest.raises(Unavailable):
        VectorLogWriter(log, DIMENSION)
    # What stands behind it is not thrown away.
    assert log.stat().st_size == 3 * WIDTH


def test_a_damaged_last_entry_that_no_commit_counts_on_ends_the_log(log: Path) -> None:
    content = bytearray(log.read_bytes())
    content[2 * WIDTH + 9] ^= 4
    log.write_bytes(content)
    assert len(numbers(log)) == 2
    VectorLogWriter(log, DIMENSION, least=2)
    assert log.stat().st_size == 2 * WIDTH


SPOILT = {
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "torn": lambda content: content[:-1],
    "without its last": lambda content: content[:-WIDTH],
    "emptied": lambda content: b"",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.parametrize("start", [0, 2])
def test_what_a_commit_counts_on_is_missed_and_the_rest_left_as_it_is(
    log: Path, spoil: Callable[[bytes], bytes], start: int
) -> None:
    spoilt = spoil(log.read_bytes())
    log.write_bytes(spoilt)
    with pytest.raises(Unavailable, match=r"log\.bin is damaged at entry [02]: build the index again"):
        read_entries(log, DIMENSION, start, least=3)
    with pytest.raises(Unavailable):
        VectorLogWriter(log, DIMENSION, least=3)
    assert log.read_bytes() == spoilt


def test_a_log_that_a_commit_counts_on_and_that_is_gone_is_missing(log: Path) -> None:
    kept = VectorLogWriter(log, DIMENSION, least=3)
    log.unlink()
    with pytest.raises(Unavailable, match=r"log\.bin is missing: build the index again"):
        read_entries(log, DIMENSION, least=1)
    with pytest.raises(Unavailable, match=r"log\.bin is missing"):
        kept.bury([3])
    assert not log.exists()


def test_a_folder_in_place_of_the_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=f"the index file {tmp_path} cannot be read"):
        read_entries(tmp_path, DIMENSION)


def test_a_writer_tells_how_many_entries_are_on_disk(log: Path) -> None:
    writer = VectorLogWriter(log, DIMENSION)
    assert writer.entries == 3
    writer.bury([2, 3])
    assert writer.entries == entry_count(log, DIMENSION) == 5


def test_a_writer_that_is_kept_looks_again_at_what_another_one_left(log: Path) -> None:
    kept = VectorLogWriter(log, DIMENSION)
    VectorLogWriter(log, DIMENSION).bury([2])
    with log.open("ab") as file:
        file.write(b"torn")
    kept.bury([3])
    assert [number for number, _, _ in numbers(log)] == [1, 2, 1, 2, 3]


def test_a_last_entry_of_zeros_which_a_power_cut_may_leave_is_ignored(log: Path) -> None:
    with log.open("ab") as file:
        file.write(bytes(WIDTH))
    assert len(numbers(log)) == 3


def test_codes_beyond_the_room_of_an_entry_go_on_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "log.bin"
    many = {"region": list(range(70)), "kind": [0]}
    rows = rows_of([7, 8], [1, 1], unit_vectors(2), codes=[many, {"kind": [1]}], years=[(618, 907), (1, 2)])
    VectorLogWriter(path, DIMENSION).append(rows)
    entries = read_entries(path, DIMENSION)
    assert [(int(e["number"]), int(e["role"])) for e in entries] == [
        (7, LIVES),
        (7, MORE),
        (7, MORE),
        (8, LIVES),
    ]
    words = {int(word) for word in entries["codes"][:3].ravel() if word}
    assert words == {code_word("region", n) for n in range(70)} | {code_word("kind", 0)}
    assert entries["years"][[0, 3]].tolist() == [[618, 907], [1, 2]]


def test_writing_nothing_changes_nothing(log: Path) -> None:
    before = log.read_bytes()
    writer = VectorLogWriter(log, DIMENSION)
    writer.append(rows_of([], [], unit_vectors(0)))
    writer.bury([])
    assert log.read_bytes() == before
