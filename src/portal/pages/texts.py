"""The pages' own texts by language, from texts.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml

from portal.languages import Language

Translate = Callable[..., str]


def translator(language: Language) -> Translate:
    """A function (key, **values) -> text. Raises KeyError for a key that texts.yaml lacks."""
    texts = _texts()

    def translate(key: str, **values: object) -> str:
        text = texts[key][language]
        return text.format(**values) if values else text

    return translate


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    with Path(__file__).with_name("texts.yaml").open(encoding="utf-8") as file:
        texts: Mapping[str, Mapping[str, str]] = yaml.safe_load(file)
    return texts
