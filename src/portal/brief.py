"""What a line about a resource says: its date, makers and description, short and in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.resources import Resource
from catalog.schema import Schemas
from portal.languages import Language

_DESCRIPTION_LENGTH = 140
_MOST_NAMES = 3


def date(data: Mapping[str, Any], schemas: Schemas, language: Language) -> str:
    """The first date as its record words it, else in its standard form or its dynasty; empty if none."""
    for entry in data.get("dates") or []:
        if written := date_text(entry, schemas, language):
            return written
    return ""


def date_text(entry: Mapping[str, Any], schemas: Schemas, language: Language) -> str:
    """One entry of `dates` in words."""
    if entry.get("display"):
        return str(entry["display"])
    if entry.get("edtf"):
        return str(entry["edtf"]).replace("/", "–")
    return label(schemas, "dynasty", entry.get("dynasty"), language)


def contributors(data: Mapping[str, Any]) -> list[str]:
    """Names of the first few contributors, each once: who wrote and directed is named twice in a record."""
    names = dict.fromkeys(str(entry["name"]) for entry in data.get("contributors") or [])
    return list(names)[:_MOST_NAMES]


def description(data: Mapping[str, Any]) -> str:
    """The beginning of the description, on one line."""
    text = " ".join(str(data.get("description") or "").split())
    return text if len(text) <= _DESCRIPTION_LENGTH else text[:_DESCRIPTION_LENGTH].rstrip() + "…"


def access(data: Mapping[str, Any]) -> str:
    """Code of how it can be had; empty where nothing says so."""
    return str((data.get("rights") or {}).get("access") or "")


def label(schemas: Schemas, vocabulary: str, code: object, language: Language) -> str:
    """Name of a code; the code itself where the vocabulary does not know it."""
    terms = schemas.vocabularies.get(vocabulary)
    term = terms.get(str(code)) if terms and code else None
    if term is None:
        return str(code or "")
    return term.en if language == "en" and term.en else term.zh


def picture(resource: Resource) -> str:
    """Address of the first picture that a page may show (https only); empty if there is none."""
    for medium in resource.data.get("media") or []:
        kind = str(medium.get("type") or medium.get("format") or "")
        if kind.startswith("image") and str(medium["url"]).startswith("https://"):
            return str(medium["url"])
    return ""
