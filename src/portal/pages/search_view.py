"""What the search page shows, worked out from a search and its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from catalog.schema import Schemas
from catalog.vocabularies import Term
from portal import brief
from portal.languages import Language
from portal.pages.addresses import search_url, values_of
from portal.pages.cards import Card, Cards
from portal.pages.texts import translator
from portal.parameters import SearchParameters
from search.query import FACETS, VOCABULARIES, WINDOW, Sort
from search.results import FacetValue, SearchResult

_SHOWN_VALUES = 8
_PAGES_AROUND = 2
# What names of their values say by themselves; 国家级, 公开 and English may be of anything.
_SELF_EVIDENT = ("kind", "institution", "region", "period", "content_type")


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words; `current` marks where the reader is."""

    label: str
    url: str
    current: bool = False
    count: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A facet: the values that are shown at once, and the rest."""

    name: str
    first: list[Link]
    rest: list[Link]


class SearchView:
    """The page of one search. `parameters` say what was asked, `result` what was found."""

    def __init__(
        self,
        parameters: SearchParameters,
        result: SearchResult,
        schemas: Schemas,
        cards: Cards,
        language: Language,
    ) -> None:
        self.parameters = parameters
        self.result = result
        self._schemas = schemas
        self._cards = cards
        self._language: Language = language
        self._t = translator(language)
        self._values = values_of(parameters)

    @property
    def counted(self) -> list[Card]:
        """The results that the total counts."""
        return [self._cards.card(item) for item in self.result.items if not item.outside_tier]

    @property
    def outside(self) -> list[Card]:
        """Those that it does not."""
        return [self._cards.card(item) for item in self.result.items if item.outside_tier]

    @property
    def groups(self) -> list[Group]:
        """The facets that have values."""
        return [group for name in FACETS if (group := self.group(name))]

    def group(self, name: str) -> Group | None:
        """One facet, what is selected first; None without values."""
        ordered = sorted(self.result.facets.get(name, ()), key=lambda value: not value.selected)
        links = [self._facet_link(name, value) for value in ordered]
        return Group(name, links[:_SHOWN_VALUES], links[_SHOWN_VALUES:]) if links else None

    def _facet_link(self, name: str, value: FacetValue) -> Link:
        url = self._toggled(name, value.value)
        return Link(self._name(value), url, value.selected, value.total, value.value)

    def _name(self, value: FacetValue) -> str:
        return value.en if self._language == "en" and value.en else value.zh

    def _toggled(self, name: str, code: str) -> str:
        chosen = list(getattr(self.parameters, name))
        if code in chosen:
            chosen.remove(code)
        else:
            # A city within a province that is chosen narrows the search to the city.
            above = {term.code for term in self._ancestors(name, code)}
            chosen = [other for other in chosen if other not in above] + [code]
        return search_url(self._values | {name: ",".join(chosen)})

    def _ancestors(self, name: str, code: str) -> tuple[Term, ...]:
        if name == "institution":
            return ()
        return self._schemas.vocabulary(VOCABULARIES.get(name, name)).ancestors(code)

    @property
    def chips(self) -> list[Link]:
        """The filters that are set, each with the address without it."""
        return [*self._facet_chips(), *self._year_chip(), *self._work_chip()]

    def _facet_chips(self) -> Iterator[Link]:
        for name in FACETS:
            for code in getattr(self.parameters, name):
                yield Link(self._told(name, code), self._toggled(name, code))

    def _told(self, facet: str, code: str) -> str:
        """The name of a value where it does not stand below the name of its facet."""
        if facet == "institution":
            return self._cards.institutions.get(code, code)
        label = brief.label(self._schemas, VOCABULARIES.get(facet, facet), code, self._language)
        return label if facet in _SELF_EVIDENT else self._t(f"facet_{facet}") + " " + label

    def _year_chip(self) -> Iterator[Link]:
        years = (self.parameters.year_from, self.parameters.year_to)
        if any(year is not None for year in years):
            start, end = (self._t("year_open") if year is None else str(year) for year in years)
            label = self._t("year_range").format(**{"from": start, "to": end})
            yield Link(label, search_url(self._values | {"year.from": "", "year.to": ""}))

    def _work_chip(self) -> Iterator[Link]:
        if self.parameters.editions_of:
            yield Link(self._t("editions_of"), search_url(self._values | {"editions_of": ""}))

    @property
    def cleared(self) -> str:
        """The same search without filters."""
        return search_url({name: value for name, value in self._values.items() if name in ("q", "sort")})

    @property
    def notes(self) -> list[str]:
        """What a reader should know of how the text was taken."""
        read = self.result.interpreted_as
        left_out = read.get("dropped", ())
        dropped = self._t("list_separator").join(left_out)
        other_names = self._t("list_separator").join(read.get("synonyms", ()))
        query = read.get("query")
        notes = {
            self._t("cut"): read.get("cut"),
            self._t("wrong_check_digit", number=read.get("wrong_check_digit")): read.get("wrong_check_digit"),
            self._t("read_as_query", query=query): query and not read.get("unmet_query"),
            **{
                self._period_note(one): True for one in read.get("periods", ()) if one["text"] not in left_out
            },
            self._t("other_names", names=other_names): other_names,
            self._t("any_word"): self.result.tier == "any" and self.result.total,
            self._t("left_out", words=dropped): dropped and self.result.total,
        }
        return [note for note, applies in notes.items() if applies]

    @property
    def correction(self) -> Link | None:
        """The text as it was typed, to be searched for to the letter, where another spelling was searched for."""
        typed = self.result.interpreted_as.get("corrected_from")
        if not typed:
            return None
        literal = '"{}"'.format(typed.replace('"', " "))
        return Link(typed, search_url(self._values | {"q": literal}))

    @property
    def plain_text(self) -> Link | None:
        """The words of an expression that nothing meets, to be searched for as plain text."""
        read = self.result.interpreted_as
        if not read.get("plain_text"):
            return None
        return Link(read["plain_text"], search_url(self._values | {"q": read["plain_text"]}))

    @property
    def offers(self) -> list[Link]:
        """Filters that the text suggests, each with the address that sets it."""
        return [
            Link(
                self._told(offer["facet"], offer["value"]),
                self._toggled(offer["facet"], offer["value"]),
                count=offer["total"],
            )
            for offer in self.result.interpreted_as.get("filters", ())
        ]

    def _period_note(self, period: Mapping[str, Any]) -> str:
        start, end = (self._year(year) for year in (period["from"], period["to"]))
        return self._t(
            "read_as_years" if self.result.interpreted_as.get("query") else "read_as_period",
            text=period["text"],
            years=start if start == end else f"{start}–{end}",
        )

    def _year(self, year: int | None) -> str:
        if year is None:
            return self._t("year_open")
        return self._t("year_bc", n=-year) if year < 0 else self._t("year_ad", n=year)

    @property
    def kept(self) -> dict[str, object]:
        """What another search from this page keeps: filters and order."""
        return {
            name: value for name, value in self._values.items() if name not in ("q", "lang", "editions_of")
        }

    @property
    def hidden(self) -> dict[str, object]:
        """What the form of years keeps of the search."""
        dropped = ("lang", "year.from", "year.to")
        return {name: value for name, value in self._values.items() if name not in dropped}

    @property
    def sorts(self) -> list[Link]:
        """The orders to choose from."""
        return [
            Link(self._t(f"sort_{sort}"), self._sorted_by(sort), sort == self.parameters.sort)
            for sort in (Sort.RELEVANCE, Sort.NEWEST, Sort.OLDEST, Sort.TITLE)
        ]

    def _sorted_by(self, sort: Sort) -> str:
        return search_url(self._values | {"sort": "" if sort is Sort.RELEVANCE else sort})

    @property
    def pages(self) -> list[Link]:
        """The pages around this one, with the first and the last; empty if there is only one."""
        here, last = self.parameters.page, self.last_page
        near = range(max(1, here - _PAGES_AROUND), min(last, here + _PAGES_AROUND) + 1)
        shown = sorted({1, *near, last}) if last > 1 else []
        return [Link(str(number), self._page(number), number == here) for number in shown]

    @property
    def previous(self) -> str:
        """Address of the page before; empty on the first."""
        return self._page(self.parameters.page - 1) if self.parameters.page > 1 else ""

    @property
    def next(self) -> str:
        """Address of the page after; empty on the last."""
        return self._page(self.parameters.page + 1) if self.parameters.page < self.last_page else ""

    @property
    def first_page(self) -> str:
        """Address of the first page."""
        return self._page(1)

    @property
    def last_page(self) -> int:
        """Number of the last page, as far as is known; 0 where nothing was found."""
        size = self.parameters.size
        return min(ceil(self.result.length / size), WINDOW // size)

    def _page(self, number: int) -> str:
        return search_url(self._values | {"page": number if number > 1 else ""})
