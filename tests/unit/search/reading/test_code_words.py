from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.reading.code_words import CodeWordError, CodeWords
from search.specification import Specification


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["文物"], (("heritage_type", "object"), ("heritage_type", "site"))),
        (["英文"], (("language", "eng"),)),
        (["锡伯", "文"], (("language", "sjo"),)),
        (["英文版"], (("language", "eng"),)),
        (["在线", "观看"], (("service_form", "online_watching"),)),
        (["国语"], ()),
        (["在线"], ()),
        ([], ()),
    ],
)
def test_kinds_of_things_and_languages_are_told_by_their_names(
    specification: Specification, words: list[str], codes: tuple[tuple[str, str], ...]
) -> None:
    found = specification.code_words.at(words, 0)
    assert (found.codes if found else ()) == codes
    assert found is None or found.end == len(words)


def test_every_code_of_the_table_is_one_of_its_vocabulary(specification: Specification) -> None:
    words = (
        specification.code_words.at([word], 0) for word in ("书", "文物", "亲子", "下载", "影视", "非遗")
    )
    for found in words:
        assert found
        for facet, code in found.codes:
            assert code in {term.code for term in specification.schemas.vocabulary(facet).terms}


@pytest.mark.parametrize("line", ["文物\theritage_type", "文物\tcolour\tred", "文物"])
def test_a_line_that_names_no_facet_and_code_is_told(
    specification: Specification, tmp_path: Path, line: str
) -> None:
    (tmp_path / "code_words.tsv").write_text(f"# words\n{line}\n", encoding="utf-8")
    with pytest.raises(CodeWordError, match=re.escape("code_words.tsv, line 2")):
        CodeWords.load(tmp_path, specification.schemas.vocabulary("language"), lambda name: [name])
