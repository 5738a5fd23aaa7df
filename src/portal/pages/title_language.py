"""In which language a title is, for browsers and screen readers: often another one than the page's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.resources import Resource

_OF_SCRIPTS = {"Hant": "zh-Hant", "Hans": "zh-Hans"}
_OF_LANGUAGES = {"eng": "en", "jpn": "ja", "kor": "ko"}
_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
# Beside these, Han characters are Japanese or Korean.
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7a3]")


def title_language(resource: Resource) -> str:
    """Language tag of the main title (BCP 47): as noted with it, else Chinese for Han characters; empty if unknown."""
    titles: Sequence[Mapping[str, Any]] = resource.data.get("titles") or ()
    main: Mapping[str, Any] = next((title for title in titles if title["value"] == resource.title), {})
    script, language = main.get("script"), main.get("lang")
    noted = _OF_SCRIPTS.get(str(script)) or _OF_LANGUAGES.get(str(language))
    if noted or script:
        return noted or ""
    is_chinese = _HAN.search(resource.title) and not _KANA_OR_HANGUL.search(resource.title)
    return "zh-CN" if is_chinese else ""
