"""A result as a card: title, facts, excerpt and picture in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.schema import Schemas
from portal import brief
from portal.languages import Language
from portal.pages.addresses import resource_url, search_url
from portal.pages.texts import translator
from portal.pages.title_language import title_language
from search.analysis.segments import Segment
from search.results import Item


@dataclass(frozen=True, slots=True)
class Card:
    """One result; `facts` are its makers, date, institution and access, where known.

    `editions` says how many others of its work the list leaves out, if it does.
    """

    url: str
    kind: str
    kind_label: str
    title: list[Segment]
    title_language: str
    description: list[Segment]
    facts: list[str]
    picture: str
    editions: str
    editions_url: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes cards in one language. `institutions` maps codes to names."""

    schemas: Schemas
    institutions: Mapping[str, str]
    language: Language

    def card(self, item: Item) -> Card:
        """The card of one result, with what the query found marked."""
        resource = item.resource
        whole = {"title": resource.title, "description": brief.description(resource.data)}
        marked = {name: [Segment(text, False)] for name, text in whole.items()} | dict(item.highlights)
        return Card(
            url=resource_url(resource.id),
            kind=resource.kind,
            kind_label=brief.label(self.schemas, "kind", resource.kind, self.language),
            title=marked["title"],
            title_language=title_language(resource),
            description=marked["description"],
            facts=[fact for fact in dict.fromkeys(self._facts(item)) if fact],
            picture=brief.picture(resource),
            editions=translator(self.language)("other_editions", n=item.other_editions)
            if item.other_editions
            else "",
            editions_url=search_url({"editions_of": resource.id}),
        )

    def _facts(self, item: Item) -> tuple[str, ...]:
        resource, data = item.resource, item.resource.data
        return (
            translator(self.language)("list_separator").join(brief.contributors(data)),
            brief.date(data, self.schemas, self.language),
            self.institutions.get(resource.institution, ""),
            brief.label(self.schemas, "access", brief.access(data), self.language),
        )
