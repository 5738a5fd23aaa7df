from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catalog.errors import Unavailable
from recommend.hyperparameters import load_hyperparameters
from recommend.learning.couse import learn
from recommend.learning.sparse import matrix
from recommend.learning.table import Table, make_table, mapped_section, open_table, write_table

WIDTHS = (100, 100, 20)


@pytest.fixture
def table() -> Table:
    there = np.random.default_rng(5).random((40, 10)) < 0.5
    learnt = learn(matrix(*np.nonzero(there), there.shape), load_hyperparameters().co_use)
    numbers = np.arange(10, dtype=np.int64) * 3 + 5
    return make_table(numbers, learnt, learnt.together * 0, 0.25, WIDTHS)


def test_a_table_that_is_read_is_the_one_that_was_written(table: Table, tmp_path: Path) -> None:
    write_table(table, tmp_path)
    read = open_table(tmp_path)
    rows = np.arange(10)
    assert read.likeness == 0.25
    for one in ("regression", "together", "inherited"):
        for ours, theirs in zip(getattr(table, one)(rows), getattr(read, one)(rows), strict=True):
            assert np.array_equal(ours, theirs)


def test_sections_that_were_filled_in_their_files_are_read_like_others(table: Table, tmp_path: Path) -> None:
    mapped = {
        name: mapped_section(tmp_path, name, *section.entries.shape)
        for name, section in table.sections.items()
    }
    assert not any(len(section.of(np.arange(10))[0]) for section in mapped.values())
    for name, section in table.sections.items():
        mapped[name].entries[:], mapped[name].weights[:] = section.entries, section.weights
        mapped[name].scales[:] = section.scales
    write_table(replace(table, sections=mapped), tmp_path)
    read = open_table(tmp_path)
    for ours, theirs in zip(table.regression(np.arange(10)), read.regression(np.arange(10)), strict=True):
        assert np.array_equal(ours, theirs)


def test_weights_keep_three_digits(table: Table) -> None:
    entries, weights = table.together(np.array([2]))
    for entry, weight in zip(entries.tolist(), weights.tolist(), strict=True):
        found = table.sections["together"].between(np.array([2]), np.array([entry]))[0, 0]
        assert found == pytest.approx(weight, rel=1e-3)


def test_the_weights_of_several_entries_in_several_rows_are_found_at_once(table: Table) -> None:
    section, rows, entries = table.sections["together"], np.array([2, 0, 7]), np.array([9, 0, 4, 1])
    found = section.between(rows, entries)
    for row, weights in zip(rows.tolist(), found, strict=True):
        known = dict(zip(*(array.tolist() for array in section.of(np.array([row]))), strict=True))
        assert weights.tolist() == pytest.approx([known.get(entry, 0) for entry in entries.tolist()])
    assert found.any()
    assert section.between(rows, np.zeros(0, dtype=np.int64)).shape == (3, 0)


def test_a_table_of_before_voices_were_kept_counts_every_subject_whole(table: Table, tmp_path: Path) -> None:
    write_table(replace(table, voices=None), tmp_path)
    read = open_table(tmp_path)
    assert read.voices is None
    assert np.array_equal(read.counted(np.arange(10)), table.subjects)


def test_how_much_subjects_count_in_pairs_is_kept(table: Table, tmp_path: Path) -> None:
    halved = replace(table, voices=table.subjects / 2)
    write_table(halved, tmp_path)
    assert np.array_equal(open_table(tmp_path).counted(np.array([1])), table.subjects[1:2] / 2)


def test_rows_are_found_by_number_and_unknown_numbers_left_out(table: Table) -> None:
    assert table.rows(np.array([8, 9, 5, 10**12])).tolist() == [1, 0]


def test_a_flipped_bit_is_refused_with_the_name_of_the_file(table: Table, tmp_path: Path) -> None:
    write_table(table, tmp_path)
    file = tmp_path / "together.weights.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(Unavailable, match=r"together\.weights\.npy"):
        open_table(tmp_path)


@pytest.mark.parametrize("name", ["table.json", "numbers.npy"])
def test_a_missing_file_is_refused_by_name(table: Table, tmp_path: Path, name: str) -> None:
    write_table(table, tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(Unavailable, match=name):
        open_table(tmp_path)


def test_a_table_of_another_format_is_refused(table: Table, tmp_path: Path) -> None:
    write_table(table, tmp_path)
    manifest = tmp_path / "table.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(Unavailable, match="another version"):
        open_table(tmp_path)


def test_what_nothing_follows_on_and_what_has_no_row_lead_to_nothing(table: Table) -> None:
    used = table.numbers.tolist()
    assert table.leading([*used, 6]) == {*used}
    for section in table.sections.values():
        section.entries[3] = -1
    assert table.leading(used) == {*used} - {used[3]}
    assert table.leading([]) == set()
