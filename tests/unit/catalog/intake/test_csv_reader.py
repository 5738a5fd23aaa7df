from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import WenmaiError
from catalog.intake.csv_reader import CsvReader
from catalog.intake.encoding import detect
from catalog.intake.records import IntakeError, Limits, RawRecord
from catalog.intake.sources import Source


def reader(path: Path, content: str | bytes, limits: Limits | None = None) -> CsvReader:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = Source.of(path, limits or Limits())
    return CsvReader(source, detect(source))


def records(path: Path, content: str | bytes, limits: Limits | None = None) -> list[RawRecord]:
    return list(reader(path, content, limits).records())


def complaint(record: RawRecord) -> str:
    return record.problems[0].en


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_of_the_header(tmp_path: Path, separator: str) -> None:
    rows = ["题名|作者", "红楼梦|曹雪芹"]
    only = records(tmp_path / "a.csv", "\n".join(rows).replace("|", separator))
    assert [dict(record.fields) for record in only] == [{"题名": "红楼梦", "作者": "曹雪芹"}]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_empty_lines_before_the_header_hide_no_separator(tmp_path: Path, separator: str) -> None:
    only = records(tmp_path / "a.csv", "\n\n题名|作者\n红楼梦|曹雪芹\n".replace("|", separator))
    assert [dict(record.fields) for record in only] == [{"题名": "红楼梦", "作者": "曹雪芹"}]


def test_a_quoted_cell_keeps_its_line_ends_and_quotes(tmp_path: Path) -> None:
    only = records(tmp_path / "a.csv", 'title,note\nA,"one\r\ntwo, ""three"""\n')
    assert only[0].fields["note"] == 'one\r\ntwo, "three"'


def test_a_record_knows_its_number_its_byte_and_how_it_came(tmp_path: Path) -> None:
    content = "题名,作者\r\n红楼梦,曹雪芹\r\n\r\n西游记,吴承恩\r\n"
    raw = content.encode("gb18030")
    first, second = records(tmp_path / "a.csv", raw)
    assert (first.number, second.number) == (1, 2)
    assert raw[second.offset :] == second.raw == "西游记,吴承恩\r\n".encode("gb18030")


def test_a_row_of_another_width_is_a_complaint_and_the_next_row_is_read(tmp_path: Path) -> None:
    short, long, good = records(tmp_path / "a.csv", "a,b,c\n1,2\n1,2,3,4\n1,2,3\n")
    assert complaint(short) == "the row has 2 cells, the header 3"
    assert complaint(long) == "the row has 4 cells, the header 3"
    assert not good.problems


def test_empty_cells_beyond_the_header_and_empty_rows_do_not_matter(tmp_path: Path) -> None:
    rows = records(tmp_path / "a.csv", "a,b,,\n1,2,,\n,,,\n\n3,4\n")
    assert [dict(row.fields) for row in rows] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize(
    ("header", "said"),
    [("a,b,a", "names the column 'a' twice"), ("a,,b", "no name for column 2"), ("", "is empty")],
)
def test_a_header_that_cannot_serve_is_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(IntakeError, match=said):
        reader(tmp_path / "a.csv", f"{header}\n")


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows = records(tmp_path / "a.csv", 'a,b\n1,"open\n2,x\n3,y\n')
    assert "quotes do not match" in complaint(rows[0])
    assert [row.fields["a"] for row in rows[1:]] == ["2", "3"]


def test_a_row_beyond_the_limit_is_a_complaint(tmp_path: Path) -> None:
    content = "a,b\n" + "x" * 60 + ",1\n2,y\n"
    long, good = records(tmp_path / "a.csv", content, Limits(record=50))
    assert "too long" in complaint(long)
    assert good.fields["a"] == "2"


def test_a_nul_byte_is_a_complaint(tmp_path: Path) -> None:
    bad, good = records(tmp_path / "a.csv", "a,b\n1,x\0y\n2,z\n")
    assert "NUL" in complaint(bad)
    assert good.fields["a"] == "2"


def test_the_rows_before_a_broken_byte_are_read_and_the_cut_one_is_not(tmp_path: Path) -> None:
    good = "题名,作者\n红楼梦,曹雪芹\n西游记,"
    rows = records(tmp_path / "a.csv", good.encode() + "吴承恩\n".encode("gb18030"))
    assert rows[0].fields["题名"] == "红楼梦"
    assert f"byte {len(good.encode())}" in complaint(rows[1])
    assert len(rows) == 2


@given(content=st.binary(max_size=300))
def test_any_bytes_give_records_or_a_plain_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        rows = records(tmp_path_factory.getbasetemp() / "random.csv", content)
    except WenmaiError:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(
    cells=st.lists(
        st.lists(st.text(alphabet=st.sampled_from('a,";\n\r\t字 '), max_size=5), min_size=1, max_size=4),
        max_size=8,
    )
)
def test_any_text_between_separators_gives_records_or_a_plain_refusal(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    content = "h1,h2\n" + "\n".join(",".join(row) for row in cells)
    try:
        rows = records(tmp_path_factory.getbasetemp() / "text.csv", content)
    except WenmaiError:
        return
    assert all(row.problems or set(row.fields) == {"h1", "h2"} for row in rows)
