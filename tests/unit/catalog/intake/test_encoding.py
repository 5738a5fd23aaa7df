from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.intake.encoding import TextEncoding, detect
from catalog.intake.records import IntakeError, Limits
from catalog.intake.sources import Source

ROW = "1,故宫博物院,北京市东城区\r\n"


def found(path: Path, content: bytes, named: str = "auto") -> TextEncoding:
    path.write_bytes(content)
    return detect(Source.of(path, Limits()), named)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_of_a_whole_file_is_found_out(tmp_path: Path, codec: str, name: str) -> None:
    encoding = found(tmp_path / "a.csv", (ROW * 50).encode(codec))
    assert (encoding.name, encoding.broken_at) == (name, None)


def test_plain_ascii_is_utf8(tmp_path: Path) -> None:
    assert found(tmp_path / "a.csv", b"title,author\nA,B\n") == TextEncoding("utf-8")


def test_two_characters_of_gbk_that_look_like_utf8_do_not_make_a_file_broken(tmp_path: Path) -> None:
    # The bytes of 联通 in GBK are those of a good UTF-8 sequence: a famous trap.
    encoding = found(tmp_path / "a.csv", "题名\n联通公司简史\n".encode("gbk"))
    assert (encoding.name, encoding.broken_at) == ("gb18030", None)


def test_a_file_that_turns_from_utf8_to_gb18030_breaks_at_that_byte(tmp_path: Path) -> None:
    good = (ROW * 3).encode()
    encoding = found(tmp_path / "a.csv", good + (ROW * 3).encode("gb18030"))
    assert encoding.broken_at == len(good) + 2
    assert f"byte {len(good) + 2}" in str(encoding.error())


def test_a_file_that_turns_from_gb18030_to_utf8_breaks_at_that_line(tmp_path: Path) -> None:
    good = (ROW * 3).encode("gb18030")
    encoding = found(tmp_path / "a.csv", good + (ROW * 3).encode())
    assert encoding.broken_at == len(good)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_file_cut_inside_a_character_breaks_there(tmp_path: Path, codec: str) -> None:
    whole = (ROW * 4 + "故宫").encode(codec)
    cut = whole[:-1]
    width = 2 if codec == "utf-16" else 3
    assert found(tmp_path / "a.csv", cut).broken_at == len(whole) - width


def test_the_break_is_found_across_blocks(tmp_path: Path) -> None:
    # The character straddles the border of two blocks of one MiB.
    good = "故".encode() * 349_525
    assert found(tmp_path / "a.csv", good + b"a" + "宫".encode()[:2] + b"b").broken_at == len(good) + 1


def test_a_named_encoding_is_taken_at_its_word(tmp_path: Path) -> None:
    assert found(tmp_path / "a.csv", "書名\n紅樓夢\n".encode("big5"), "big5").broken_at is None
    assert found(tmp_path / "a.csv", "题名\n".encode("gb18030"), "utf-8").broken_at == 0


def test_an_encoding_that_is_not_supported_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="'utf-7' is not supported"):
        found(tmp_path / "a.csv", b"a", "utf-7")


def test_the_real_mixed_file_breaks_at_the_right_byte(shared_data: Path) -> None:
    path = shared_data / "importer" / "encodings" / "relics_mixed_utf8_gb18030.csv"
    encoding = detect(Source.of(path, Limits()))
    assert (encoding.name, encoding.broken_at) == ("utf-8", 7953)


# What begins like a gzip file is unpacked first.
@given(content=st.binary(max_size=200).filter(lambda content: content[:2] != b"\x1f\x8b"))
def test_what_lies_before_the_break_always_decodes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    encoding = found(tmp_path_factory.getbasetemp() / "random.csv", content)
    sound = content[encoding.bom : encoding.broken_at]
    assert sound.decode(encoding.name).encode(encoding.name) is not None
