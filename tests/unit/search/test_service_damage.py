"""What is wrong with a file of a generation is told with its name, and another generation answers where there is one."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Catalogue, add, document, revise

from catalog.errors import Unavailable
from search import service
from search.specification import Specification


@pytest.fixture
def fresh(catalogue: Catalogue, tmp_path: Path, specification: Specification) -> Catalogue:
    """The same catalogue as a process sees it that was just started."""
    return Catalogue.over(catalogue.database, tmp_path / "index", specification)


FILES = [
    "vectors/base.faiss", "vectors/numbers.npy", "vectors/manifest.json", "codes.json", "keyword/meta.json", "keyword/.managed.json",
    "keyword/*.fast", "keyword/*.fieldnorm", "keyword/*.idx", "keyword/*.pos", "keyword/*.store", "keyword/*.term",
]  # fmt: skip


def damaged(catalogue: Catalogue, pattern: str, change: Callable[[bytes], bytes]) -> str:
    """The name of the first file of this pattern in the active generation, changed."""
    path = next(catalogue.files().glob(pattern))
    path.write_bytes(change(path.read_bytes()))
    return path.name


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :]


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize(
    "change", [flip, lambda _: b"", lambda content: content[:-5]], ids=["flipped", "empty", "cut"]
)
def test_a_damaged_index_is_refused_and_the_file_named(
    catalogue: Catalogue, fresh: Catalogue, pattern: str, change: Callable[[bytes], bytes]
) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    name = damaged(catalogue, pattern, change)
    with pytest.raises(Unavailable, match="build the index again") as raised:
        fresh.ask("云冈")
    # A changed manifest says that another file is not as it should be.
    assert "vectors" in str(raised.value) if "manifest" in name else name in str(raised.value)


@pytest.mark.parametrize("pattern", ["keyword/*.term", "vectors/base.faiss"])
def test_a_missing_file_is_named(catalogue: Catalogue, fresh: Catalogue, pattern: str) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    path = next(catalogue.files().glob(pattern))
    path.unlink()
    with pytest.raises(Unavailable, match=path.name):
        fresh.ask("云冈")


def test_the_former_generation_goes_on_answering_when_a_new_one_is_damaged(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    assert catalogue.titles("云冈") == ["云冈石窟"]
    add(catalogue.database, "龙门石窟")
    catalogue.build()
    name = damaged(catalogue, "keyword/*.idx", flip)
    assert catalogue.titles("云冈") == catalogue.titles("云冈") == ["云冈石窟"]
    assert caplog.text.count(name) == 1
    catalogue.build()
    assert set(catalogue.titles("石窟")) == {"云冈石窟", "龙门石窟"}


def test_where_the_active_generation_is_damaged_the_newest_sound_one_answers(catalogue: Catalogue) -> None:
    add(catalogue.database, "莫高窟")
    catalogue.build()
    catalogue.build()
    damaged = catalogue.files() / "vectors" / "base.faiss"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert catalogue.titles("莫高窟") == ["莫高窟"]


def test_a_book_of_codes_that_is_gone_is_damage(catalogue: Catalogue) -> None:
    add(catalogue.database, "莫高窟")
    catalogue.build()
    (catalogue.files() / "codes.json").unlink()
    with pytest.raises(Unavailable, match=r"codes\.json is missing"):
        catalogue.ask("莫高窟")


def test_a_pointer_that_is_gone_is_named_where_there_are_indexes(catalogue: Catalogue) -> None:
    with pytest.raises(Unavailable, match="no index is active yet"):
        catalogue.ask()
    catalogue.build()
    (catalogue.generations.directory / "active").unlink()
    with pytest.raises(Unavailable, match="active is missing"):
        catalogue.ask()


def test_a_damaged_pointer_is_named(catalogue: Catalogue) -> None:
    catalogue.build()
    (catalogue.generations.directory / "active").write_text("{", encoding="utf-8")
    with pytest.raises(Unavailable, match="active is damaged"):
        catalogue.ask()


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def write(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def code_book(content: object) -> bytes:
    written = b"0\n" + json.dumps(content).encode()
    return b"%08x\n" % zlib.crc32(written) + written


WRONG = {
    "a folder for years": ("vectors/years.npy", make_folder),
    "a folder for a manifest": ("vectors/manifest.json", make_folder),
    "a folder for the codes": ("codes.json", make_folder),
    "a folder for a part of a segment": ("keyword/*.idx", make_folder),
    "a folder for the list of segments": ("keyword/meta.json", make_folder),
    "a manifest of nothing": ("vectors/manifest.json", write(b"null")),
    "a manifest that is a list": ("vectors/manifest.json", write(b"[]")),
    "a list of segments that is none": ("keyword/meta.json", write(b"[]")),
    "codes in a list": ("codes.json", write(code_book([1]))),
    "codes that are numbers": ("codes.json", write(code_book({"kind": [1]}))),
}


@pytest.mark.parametrize(("pattern", "spoil"), WRONG.values(), ids=WRONG.keys())
def test_whatever_stands_in_place_of_a_file_is_refused_by_name_and_the_former_generation_goes_on(
    catalogue: Catalogue,
    fresh: Catalogue,
    caplog: pytest.LogCaptureFixture,
    pattern: str,
    spoil: Callable[[Path], object],
) -> None:
    add(catalogue.database, "云冈石窟")
    former = catalogue.build()
    assert catalogue.ask().total == 1
    catalogue.build()
    path = next(catalogue.files().glob(pattern))
    spoil(path)
    for one in (catalogue, catalogue, fresh):
        assert one.titles("云冈") == ["云冈石窟"]
        one.search.ready()
    assert [str(path) in record.message for record in caplog.records] == [True, True]
    assert not any(record.exc_info for record in caplog.records)
    shutil.rmtree(catalogue.generations.path(former.id))
    with pytest.raises(Unavailable, match=path.name):
        catalogue.search.open_engine(catalogue.generations.active_id())


def test_a_failure_that_nobody_foresaw_leaves_the_former_generation_and_is_told_with_its_place(
    catalogue: Catalogue, fresh: Catalogue, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = catalogue.build()
    assert catalogue.ask().total == 0
    active = catalogue.build()
    opening = service.OpenGeneration

    def fail(directory: Path, *more: object) -> object:
        if directory.name == active.id:
            raise MemoryError("no room for it")
        return opening(directory, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "OpenGeneration", fail)
    for one in (catalogue, fresh):
        assert one.ask().total == 0
        assert one.search._opened is not None
        assert one.search._opened[0] == former.id
    assert caplog.text.count("MemoryError: no room for it") == 2


LOGS: dict[str, Callable[[bytes], bytes | None]] = {
    "flipped in the last entry": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    "cut": lambda content: content[:-1],
    "emptied": lambda _: b"",
    "missing": lambda _: None,
}


@pytest.mark.parametrize("change", LOGS.values(), ids=LOGS.keys())
def test_a_log_of_vectors_without_what_was_committed_is_refused_by_name(
    catalogue: Catalogue, fresh: Catalogue, change: Callable[[bytes], bytes | None]
) -> None:
    made = add(catalogue.database, "云冈石窟")
    catalogue.build()
    revise(catalogue.database, made, document("云冈石窟群"))
    catalogue.indexer.follow_once()
    assert catalogue.titles() == ["云冈石窟群"]
    log = catalogue.files() / "vectors" / "log.bin"
    changed = change(log.read_bytes())
    log.unlink()
    if changed is not None:
        log.write_bytes(changed)
    with pytest.raises(Unavailable, match=r"log\.bin is (damaged at entry 0|missing): build the index again"):
        fresh.ask()
    # What is left of it is not written to: nothing would tell any more that something is gone.
    add(catalogue.database, "龙门石窟")
    with pytest.raises(Unavailable, match=r"log\.bin"):
        fresh.indexer.follow_once()
    assert (log.read_bytes() if log.exists() else None) == changed
    # Whoever has read the log already goes on.
    assert catalogue.titles() == ["云冈石窟群"]
    catalogue.build()
    assert fresh.ask().total == catalogue.ask().total == 2


def test_a_list_of_segments_that_is_gone_is_not_taken_for_an_index_to_begin(
    catalogue: Catalogue, fresh: Catalogue
) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    catalogue.indexer.follow_once()
    listed = catalogue.files() / "keyword" / "meta.json"
    listed.unlink()
    add(catalogue.database, "龙门石窟")
    for one in (catalogue, fresh):
        with pytest.raises(Unavailable, match=r"meta\.json is missing"):
            one.indexer.follow_once()
    assert not listed.exists()


def test_a_pointer_to_an_index_that_is_not_there_is_told_once_and_the_former_one_goes_on(
    catalogue: Catalogue, fresh: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    add(catalogue.database, "云冈石窟")
    catalogue.build()
    assert catalogue.ask().total == 1
    (catalogue.generations.directory / "active").write_text('{"generation": "nobody"}', encoding="utf-8")
    add(catalogue.database, "龙门石窟")
    for _ in range(2):
        # As the follower does, again and again.
        assert catalogue.indexer.follow_once() in (0, 3)
        assert not catalogue.indexer.rebuild_due()
        assert catalogue.ask().total == 2
    (told,) = [record.message for record in caplog.records]
    assert "active names the index 'nobody', which is not there" in told
    assert "`wenmai index activate` writes it anew" in told
    assert fresh.ask().total == 2
