"""What the page of a record shows: every field that it has, by the schema of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.resources import Resource
from catalog.schema import Schemas
from portal import brief
from portal.languages import Language
from portal.pages.texts import translator
from portal.pages.title_language import title_language
from portal.pages.values import Value, Wording

# These stand elsewhere on the page than in the table of details, or are keys that say nothing to a reader.
_ELSEWHERE = frozenset(
    {"description", "contents", "rights", "holdings", "availability", "media", "members", "work_id"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A field with its values."""

    label: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Holding:
    """Where the thing is kept or can be used."""

    institution: str
    call_number: str
    url: str
    items: list[str]


class RecordView:
    """The page of one published resource."""

    def __init__(
        self, resource: Resource, schemas: Schemas, institutions: Mapping[str, str], language: Language
    ) -> None:
        self.resource = resource
        self._data = resource.data
        self._fields = schemas.kind(resource.kind).fields
        self._schemas = schemas
        self._institutions = institutions
        self._language: Language = language
        self._wording = Wording(schemas, institutions, language)
        self._t = translator(language)

    @property
    def kind_label(self) -> str:
        """Name of its kind."""
        return self._wording.label("kind", self.resource.kind)

    @property
    def institution(self) -> str:
        """Name of the institution that provides it."""
        return self._institutions.get(self.resource.institution, self.resource.institution)

    @property
    def title_language(self) -> str:
        """Language tag of the main title, so that its characters are drawn in their own forms."""
        return title_language(self.resource)

    @property
    def other_titles(self) -> list[Value]:
        """Its titles beside the main one."""
        titles = self._wording.values("titles", self._fields["titles"], self._data["titles"])
        return [title for title in titles if title.text != self.resource.title]

    @property
    def byline(self) -> list[Value]:
        """Its contributors and its first date."""
        date = brief.date(self._data, self._schemas, self._language)
        people = self._values("contributors")
        return [*people, Value(date)] if date else people

    @property
    def texts(self) -> list[tuple[str, list[str]]]:
        """Heading and paragraphs of its long texts."""
        found = [(name, str(self._data.get(name) or "")) for name in ("description", "contents")]
        return [(self._t(name), text.split("\n")) for name, text in found if text.strip()]

    @property
    def details(self) -> list[Row]:
        """Every other field that it has, in the schema's order."""
        return [row for name in self._fields if name not in _ELSEWHERE for row in self._row(name)]

    def _row(self, name: str) -> Iterator[Row]:
        values = self.other_titles if name == "titles" else self._values(name)
        if values:
            label = (
                self._t("duration") if name == "duration" else self._wording.field_label(self._fields[name])
            )
            yield Row(label, values)

    def _values(self, name: str) -> list[Value]:
        content = self._data.get(name)
        return [] if content is None else self._wording.values(name, self._fields[name], content)

    @property
    def rights(self) -> list[Row]:
        """How it may be used, and whether it can be had now."""
        code = (self._data.get("availability") or {}).get("status")
        label = self._wording.field_label(self._fields["availability"])
        now = [Row(label, [Value(self._wording.label("holding_status", code))])] if code else []
        return [*self._inner("rights"), *now]

    def _inner(self, name: str) -> Iterator[Row]:
        content: Mapping[str, Any] = self._data.get(name) or {}
        for inner, field in self._fields[name].fields.items():
            if inner in content:
                yield Row(
                    self._wording.field_label(field), self._wording.values(inner, field, content[inner])
                )

    @property
    def holdings(self) -> list[Holding]:
        """Where it is kept."""
        return [self._holding(entry) for entry in self._data.get("holdings") or []]

    def _holding(self, entry: Mapping[str, Any]) -> Holding:
        code = str(entry.get("institution_id") or self.resource.institution)
        return Holding(
            institution=self._institutions.get(code, code),
            call_number=str(entry.get("call_number") or ""),
            url=str(entry.get("url") or ""),
            items=[self._item(item) for item in entry.get("items") or []],
        )

    def _item(self, item: Mapping[str, Any]) -> str:
        status = self._wording.label("holding_status", item.get("status"))
        parts = (item.get("location"), item.get("barcode"), status)
        return " · ".join(str(part) for part in parts if part)

    @property
    def online(self) -> str:
        """Address where it can be used at once; empty if there is none."""
        return next((holding.url for holding in self.holdings if holding.url), "")

    @property
    def picture(self) -> str:
        """Address of its picture; empty if it has none."""
        return brief.picture(self.resource)

    @property
    def json_ld(self) -> dict[str, Any]:
        """The record in the terms of schema.org, as far as they go."""
        kinds = {"book": "Book", "audiovisual": "MediaObject"}
        facts = {
            "name": self.resource.title,
            "description": brief.description(self._data),
            "creator": [{"@type": "Thing", "name": name} for name in brief.contributors(self._data)],
            "temporal": brief.date(self._data, self._schemas, self._language),
            "image": self.picture,
            "provider": {"@type": "Organization", "name": self.institution},
        }
        head = {"@context": "https://schema.org", "@type": kinds.get(self.resource.kind, "CreativeWork")}
        return head | {name: value for name, value in facts.items() if value}
