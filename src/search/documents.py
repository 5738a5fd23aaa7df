"""What the indexes hold of a resource: its texts by group, its codes for filters and facets, its sort keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from catalog.dates import DateError, YearRange, resolve
from catalog.identifiers import normal_identifier
from catalog.institutions import Institution
from catalog.resources import Resource
from catalog.schema import FieldSpec, KindSpec, Schemas
from catalog.vocabularies import Vocabulary

# Stands for the open side of a span such as `../1949`.
_FOREVER = (-9999, 9999)
_SHORTEST_NUMBER = 6
# What a record says of a book that was published or copied by itself.
_OF_A_VOLUME = ("publisher", "edition", "edition_type", "extent", "identifiers")
# Holding statuses of what nobody gets or sees for now.
NOT_TO_BE_HAD = frozenset((
    "on_order", "processing", "under_restoration", "repair", "temporarily_closed", "missing", "withdrawn", "unavailable",
))  # fmt: skip
"""Not there yet, not to be had for now, or gone: no reader can wait for it until another one brings it back."""
_OUT_OF_REACH = NOT_TO_BE_HAD | {"on_loan", "reserved", "in_transit"}


# Dates of what was done with a thing long after it was made.
_OF_ITS_RECORD = {
    "listed", "published", "excavated", "acquired", "digitised", "exhibited", "modified", "available", "valid", "end",
}  # fmt: skip


# Field names to fields, or to the fields below them.
_Tree = dict[str, "FieldSpec | _Tree"]


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One resource as the engines see it. `codes` are facet values; years are historical (-140 is 140 BC).

    Resources with the same `work` are editions or copies of one work; one without is a work of its own.
    """

    number: int
    revision: int
    title: str
    titles: list[str]
    names: list[str]
    subjects: list[str]
    body: list[str]
    identifiers: list[str]
    codes: Mapping[str, list[str]]
    year_from: int | None
    year_to: int | None
    work: tuple[str, ...] = ()
    available: bool = True

    @property
    def text(self) -> str:
        """Everything that is searched, a line each, titles first."""
        return "\n".join((*self.titles, *self.names, *self.subjects, *self.body))


class DocumentMaker:
    """Makes index documents by the schema, which says which field is searched, faceted or sorted by."""

    def __init__(self, schemas: Schemas, institutions: Mapping[str, Institution]) -> None:
        self._institutions = institutions
        self._regions = schemas.vocabulary("region")
        self._dynasties = schemas.vocabulary("dynasty")
        self._names = {
            name: {term.code: "\n".join((term.zh, *term.aliases)) for term in vocabulary.terms}
            for name, vocabulary in schemas.vocabularies.items()
        }
        self._trees = {name: _tree(kind) for name, kind in schemas.kinds.items()}

    def knowing(self, institutions: Mapping[str, Institution]) -> DocumentMaker:
        """The same with these institutions, by their codes."""
        other = copy(self)
        other._institutions = institutions
        return other

    def make(self, resource: Resource) -> IndexDocument:
        """The index document of a resource in its present state."""
        groups: dict[str, list[str]] = defaultdict(list)
        codes: dict[str, list[str]] = defaultdict(list)
        for field, value in _values(resource.data, self._trees[resource.kind]):
            if field.searched and value not in field.unsaid:
                groups[field.searched].append(self._text(field, value))
            if field.facet:
                codes[field.facet].append(str(value))
        dates = resource.data.get("dates") or []
        # A tomb of the Tang that was listed in 2013 is of the Tang alone.
        made = [date for date in dates if date.get("type") not in _OF_ITS_RECORD] or dates
        spans = [
            (
                _FOREVER[0] if years.start is None else years.start,
                _FOREVER[1] if years.end is None else years.end,
            )
            for date in made
            if (years := _years(date))
        ]
        return IndexDocument(
            number=resource.number,
            revision=resource.revision,
            title=resource.title,
            titles=groups["title"],
            names=groups["names"],
            subjects=groups["subjects"],
            body=groups["body"],
            identifiers=[
                normal_identifier(value)
                for value in (resource.id, *groups["identifiers"], *_own_number(resource))
            ],
            codes=self._with_context(resource, codes),
            year_from=min((start for start, _ in _telling(spans)), default=None),
            year_to=max((end for _, end in spans), default=None),
            work=_work(resource),
            available=resource.data.get("availability", {}).get("status") not in _OUT_OF_REACH,
        )

    def _text(self, field: FieldSpec, value: object) -> str:
        """A code is searched by its Chinese names."""
        return self._names[field.vocabulary].get(str(value), str(value)) if field.vocabulary else str(value)

    def _with_context(self, resource: Resource, codes: Mapping[str, list[str]]) -> dict[str, list[str]]:
        institution = self._institutions.get(resource.institution)
        regions = codes.get("region") or ([institution.region] if institution and institution.region else [])
        return {
            **codes,
            "kind": [resource.kind],
            "institution": [resource.institution],
            "region": _with_ancestors(regions, self._regions),
            "period": _with_ancestors(codes.get("period", []), self._dynasties),
        }


def _work(resource: Resource) -> tuple[str, ...]:
    """What tells a work from others: its id where the record has one, else title and first maker of a volume.

    A poem without a volume of its own is none: one poet wrote many to the tune 水调歌头.
    """
    data = resource.data
    if work := data.get("work_id"):
        return (str(work),)
    makers = data.get("contributors") or []
    volume = resource.kind == "book" and any(data.get(name) for name in _OF_A_VOLUME)
    return (resource.title, str(makers[0]["name"])) if volume and makers else ()


def _own_number(resource: Resource) -> list[str]:
    """The number that it had where it came from, if that cannot be taken for a year or a word."""
    number = resource.source_record or ""
    mixed = any(sign.isalpha() for sign in number) and any(sign.isdecimal() for sign in number)
    return [number] if mixed and len(number) >= _SHORTEST_NUMBER else []


def _telling(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans but for those that hold another: beside 1420, the Ming says less of when something began."""
    return [
        (start, end)
        for start, end in spans
        if not any(start <= first and last <= end and (first, last) != (start, end) for first, last in spans)
    ]


def _years(date: Mapping[str, Any]) -> YearRange | None:
    """The years of a date; None for one that the vocabularies of today cannot resolve, so that it blocks no index."""
    try:
        return resolve(date)
    except DateError:
        return None


def _with_ancestors(codes: list[str], vocabulary: Vocabulary) -> list[str]:
    above = (term.code for code in codes for term in vocabulary.ancestors(code))
    return list(dict.fromkeys((*codes, *above)))


def _tree(kind: KindSpec) -> _Tree:
    """The fields that are searched or counted, as a tree of names, so that a document is walked once."""
    tree: _Tree = {}
    for path, field in kind.leaves():
        if (field.searched or field.facet) and not field.managed:
            branch: Any = tree
            for name in path[:-1]:
                branch = branch.setdefault(name, {})
            branch[path[-1]] = field
    return tree


def _values(data: Any, tree: FieldSpec | _Tree) -> Iterator[tuple[FieldSpec, Any]]:
    """Every value of the fields of `tree`, in the order of the schema, through lists, skipping what is absent."""
    if isinstance(data, list):
        for entry in data:
            yield from _values(entry, tree)
    elif isinstance(tree, dict):
        for name, below in tree.items():
            if (value := data.get(name)) is not None:
                yield from _values(value, below)
    else:
        yield tree, data
