"""How the values of a record are worded: codes by their labels, what can be searched as a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.schema import FieldSpec, Schemas
from portal import brief
from portal.languages import Language
from portal.pages.addresses import resource_url, search_url
from portal.pages.texts import translator


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its words, a note beside them, where they lead."""

    text: str
    note: str = ""
    url: str = ""

    @property
    def leaves_site(self) -> bool:
        """Whether the link goes elsewhere."""
        return self.url.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for values in one language. `institutions` maps codes to names."""

    schemas: Schemas
    institutions: Mapping[str, str]
    language: Language

    def values(self, name: str, field: FieldSpec, content: Any) -> list[Value]:
        """Every value of a field, in order; empty for an empty field."""
        entries = content if isinstance(content, list) else [content]
        written = _WRITTEN.get(name)
        found = (written(self, entry) if written else self._plain(field, entry) for entry in entries)
        return [value for value in found if value.text]

    def label(self, vocabulary: str, code: object) -> str:
        """Name of a code."""
        return brief.label(self.schemas, vocabulary, code, self.language)

    def field_label(self, field: FieldSpec) -> str:
        """Name of a field."""
        return field.label.en if self.language == "en" else field.label.zh

    def _plain(self, field: FieldSpec, content: Any) -> Value:
        if field.type == "object":
            return Value(" · ".join(self._parts(field, content)))
        if field.type == "boolean":
            return Value(translator(self.language)("yes" if content else "no"))
        if field.type == "url":
            return Value(str(content), url=str(content))
        if field.vocabulary:
            url = search_url({field.facet: content}) if field.facet else ""
            return Value(self.label(field.vocabulary, content), url=url)
        return Value(str(content))

    def _parts(self, field: FieldSpec, content: Mapping[str, Any]) -> Iterator[str]:
        for name, inner in field.fields.items():
            if content.get(name) not in (None, "", []):
                yield from (value.text for value in self.values(name, inner, content[name]))

    def _title(self, entry: Mapping[str, Any]) -> Value:
        return Value(str(entry["value"]), self.label("title_type", entry.get("type")))

    def _contributor(self, entry: Mapping[str, Any]) -> Value:
        dynasty = self.label("dynasty", entry.get("dynasty"))
        role = self.label("contributor_role", entry.get("role"))
        note = " · ".join(part for part in (dynasty, role) if part)
        return Value(str(entry["name"]), note, search_url({"q": entry["name"]}))

    def _date(self, entry: Mapping[str, Any]) -> Value:
        text = brief.date_text(entry, self.schemas, self.language)
        return Value(text, self.label("date_type", entry.get("type")))

    def _place(self, entry: Mapping[str, Any]) -> Value:
        region = self.label("region", entry.get("gb2260"))
        name = str(entry.get("name") or region)
        url = search_url({"region": entry["gb2260"]}) if entry.get("gb2260") else ""
        return Value(name, region if region != name else "", url)

    def _subject(self, entry: Mapping[str, Any]) -> Value:
        return Value(str(entry["label"]), url=search_url({"q": entry["label"]}))

    def _identifier(self, entry: Mapping[str, Any]) -> Value:
        return Value(str(entry["value"]), self.label("identifier_scheme", entry["scheme"]))

    def _class(self, entry: Mapping[str, Any]) -> Value:
        return Value(str(entry["number"]), self.label("clc", entry.get("top") or str(entry["number"])[:1]))

    def _relation(self, entry: Mapping[str, Any]) -> Value:
        target = str(entry["target"])
        url = target if target.startswith(("https://", "http://")) else resource_url(target)
        return Value(target, self.label("relation_type", entry["type"]), url)

    def _duration(self, seconds: int) -> Value:
        t = translator(self.language)
        hours, minutes = int(seconds) // 3600, int(seconds) % 3600 // 60
        if hours:
            return Value(t("hours_minutes", h=hours, m=minutes))
        return Value(t("minutes", m=minutes) if minutes else t("seconds", s=int(seconds)))


# Fields whose parts belong together in another way than one after the other.
_WRITTEN: Mapping[str, Callable[[Wording, Any], Value]] = {
    "titles": Wording._title,
    "contributors": Wording._contributor,
    "dates": Wording._date,
    "places": Wording._place,
    "subjects": Wording._subject,
    "identifiers": Wording._identifier,
    "clc": Wording._class,
    "relations": Wording._relation,
    "duration": Wording._duration,
}
