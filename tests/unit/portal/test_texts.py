from __future__ import annotations

import re
from pathlib import Path

import yaml

from portal.pages import texts
from search.query import FACETS

_FOLDER = Path(texts.__file__).parent
_TEXTS = yaml.safe_load((_FOLDER / "texts.yaml").read_text(encoding="utf-8"))


def test_every_text_has_both_languages_with_the_same_blanks() -> None:
    for key, text in _TEXTS.items():
        assert text.keys() == {"zh", "en"}, key
        assert set(re.findall(r"\{(\w+)\}", text["zh"])) == set(re.findall(r"\{(\w+)\}", text["en"])), key


def test_every_text_that_is_used_is_there_and_none_is_left_over() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (*_FOLDER.glob("*.py"), *_FOLDER.glob("templates/*"))
    )
    assert set(re.findall(r"""\bt\("([a-z_0-9]+)"[,)]""", sources)) <= _TEXTS.keys()
    assert {f"facet_{name}" for name in FACETS} <= _TEXTS.keys()
    named_by_code = ("facet_", "about_", "browse_", "sort_", "error_")
    assert [key for key in _TEXTS if f'"{key}"' not in sources and not key.startswith(named_by_code)] == []
