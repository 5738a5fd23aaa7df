"""Asks a catalogue what a case asks, and says what of the answer is not as demanded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from opencc import OpenCC
from relevance.case_files import Case, Likeness

from catalog.dates import resolve
from catalog.resources import Resource
from portal.services import Services
from search.documents import DocumentMaker
from search.query import MAX_SIZE, Query
from search.results import Item, SearchResult

# How far down the first right record is looked for; further down it counts as not found.
DEPTH = 10


class Outcome(StrEnum):
    """What a verdict means for the suite; `UNMARK`: it is as demanded, and the case says that it is not."""

    PASSED = "passed"
    FAILED = "failed"
    KNOWN = "known"
    UNMARK = "unmark"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with an answer (nothing if it is as demanded), what came, and how far up the first right one is."""

    problems: list[str]
    shown: list[str]
    answered: str
    reciprocal_rank: float | None

    def outcome(self, case: Case) -> Outcome:
        """What this means for a case, marked or not."""
        if case.known_failure:
            return Outcome.KNOWN if self.problems else Outcome.UNMARK
        return Outcome.FAILED if self.problems else Outcome.PASSED

    def told(self, case: Case) -> str:
        """The whole story of a failure."""
        return "\n".join(
            (
                f"{case.query}  ({case.why})",
                *(f"  {problem}" for problem in self.problems),
                f"  the first {case.first} of {self.answered}:",
                *(f"    {place}. {title}" for place, title in enumerate(self.shown, 1)),
            )
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A record of an answer, and the other editions of its work, which the answer leaves to a link."""

    resource: Resource
    editions: Sequence[Resource] = ()

    @property
    def names(self) -> set[str]:
        """What a case may call it."""
        return names_of(self.resource).union(*map(names_of, self.editions))


def names_of(resource: Resource) -> set[str]:
    """What a case may call a record: title, "title / creator", number in the imported file."""
    title = resource.title
    return {title, *(f"{title} / {name}" for name in _creators(resource)), resource.source_record or title}


def judge(services: Services, case: Case) -> Verdict:
    """Ask, and hold the answer against the demands."""
    depth = max(case.first, DEPTH)
    if case.ask == "suggest":
        found = [Found(one.resource) for one in services.search.suggest(case.query, depth)]
        problems, answered = [], "suggestions"
    else:
        answer = _asked(services, case, case.query, depth)
        found = [Found(item.resource, _editions(services, item)) for item in answer.items]
        problems = [*_of_counts(case, answer), *_of_twin(services, case, found)]
        answered = f"{answer.total} in tier {answer.tier!r}"
    first = found[: case.first]
    resources = [one.resource for one in first]
    problems = [*_of_names(case, first), *_of_likeness(services, case, resources), *problems]
    return Verdict(problems, [_label(one) for one in resources], answered, _reciprocal_rank(case, found))


def _asked(services: Services, case: Case, text: str, depth: int) -> SearchResult:
    return services.search.search(Query(text=text, filters=case.narrowed(), mode=case.mode, size=depth))


def _editions(services: Services, item: Item) -> list[Resource]:
    if not item.other_editions:
        return []
    asked = services.search.search(Query(editions_of=item.resource.id, size=MAX_SIZE))
    return [one.resource for one in asked.items]


def _of_names(case: Case, first: Sequence[Found]) -> Iterator[str]:
    named: set[str] = set().union(*(one.names for one in first))
    yield from (f"missing: {name}" for name in case.expect if name not in named)
    if case.expect_any and not any(name in named for name in case.expect_any):
        yield f"missing: one of {', '.join(case.expect_any)}"
    shown: set[str] = set().union(*(names_of(one.resource) for one in first))
    yield from (f"should not be there: {name}" for name in case.never if name in shown)


def _of_likeness(services: Services, case: Case, first: Sequence[Resource]) -> Iterator[str]:
    maker = DocumentMaker(services.schemas, {})
    if case.every:
        if not first:
            yield "nothing came"
        for resource in first:
            if lacking := _lacking(maker, case.every, resource):
                yield f"{_label(resource)} has not the {' and '.join(lacking)} demanded of every one"
    if case.some and all(_lacking(maker, case.some, resource) for resource in first):
        yield f"none is like {case.some.model_dump(exclude_none=True)}"


def _lacking(maker: DocumentMaker, like: Likeness, resource: Resource) -> list[str]:
    """The parts in which a record is not like this."""
    right = {
        "title": like.title is None or _has(resource.title, like.title),
        "text": like.text is None or _has(_text(maker, resource), like.text),
        "creator": like.creator is None or _has("\n".join(_creators(resource)), like.creator),
        "kind": like.kind is None or like.kind == resource.kind,
        "years": like.years is None or _touches(resource, *like.years),
    }
    return [part for part, is_right in right.items() if not is_right]


def _has(text: str, part: str) -> bool:
    """Whether a text has this part, in whichever script; not by the folding of the search that is judged here."""
    return _simplified(part) in _simplified(text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def _text(maker: DocumentMaker, resource: Resource) -> str:
    """What is written in a record, and the names that its codes stand for."""
    return json.dumps(dict(resource.data), ensure_ascii=False) + maker.make(resource).text


def _of_counts(case: Case, answer: SearchResult) -> Iterator[str]:
    if case.tier is not None and answer.tier != case.tier:
        yield f"tier {answer.tier!r} instead of {case.tier!r}"
    if case.total_at_most is not None and answer.total > case.total_at_most:
        yield f"{answer.total} counted, at most {case.total_at_most} were to be"
    if case.total_at_least is not None and answer.total < case.total_at_least:
        yield f"{answer.total} counted, at least {case.total_at_least} were to be"
    for key in case.says:
        if not answer.interpreted_as.get(key):
            yield f"the answer does not say {key!r}"


def _of_twin(services: Services, case: Case, found: Sequence[Found]) -> Iterator[str]:
    if case.same_as is None:
        return
    twin = _asked(services, case, case.same_as, case.first).items
    if [item.resource.id for item in twin] != [one.resource.id for one in found[: case.first]]:
        yield f"{case.same_as} gives {', '.join(_label(item.resource) for item in twin)}"


def _reciprocal_rank(case: Case, found: Sequence[Found]) -> float | None:
    wanted = {*case.expect, *case.expect_any}
    if not wanted:
        return None
    ranks = (rank for rank, one in enumerate(found[:DEPTH], 1) if one.names & wanted)
    return 1 / rank if (rank := next(ranks, None)) else 0.0


def _creators(resource: Resource) -> list[str]:
    return [person["name"] for person in resource.data.get("contributors", [])]


def _touches(resource: Resource, start: int, end: int) -> bool:
    spans = (resolve(date) for date in resource.data.get("dates", []))
    return any(
        (span.start is None or span.start <= end) and (span.end is None or span.end >= start)
        for span in spans
        if span
    )


def _label(resource: Resource) -> str:
    creators = _creators(resource)
    return f"{resource.title} / {creators[0]}" if creators else resource.title
