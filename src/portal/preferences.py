"""What a reader may see, choose and delete of what is kept: choices, and the interests that follow from what was used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from catalog import resources
from catalog.resources import Resource
from portal import brief
from portal.languages import Language
from portal.services import Services
from recommend import readers
from recommend.likeness.declared import periods
from recommend.readers import Erased, Label
from search.query import VOCABULARIES

_SHOWN = 8


def preferences_answer(services: Services, subject: str, language: Language = "zh") -> dict[str, Any]:
    """What was chosen, with the interests that nobody wrote but that recommendations see."""
    with services.database.read() as session:
        reader = readers.find(session, services.pseudonyms.of(subject))
        history = readers.history(session, reader, services.hyperparameters.candidates.shown)
        used = resources.load(session, history.used)
    said = {*reader.liked, *reader.disliked, *reader.deleted}
    counted = Counter(label for one in used.values() for label in _labels(one))
    inferred = [label for label, _ in counted.most_common() if label not in said][:_SHOWN]
    liked = [(label, "written") for label in reader.liked] + [(label, "inferred") for label in inferred]
    return {
        "personalised": reader.personalised,
        "minor": reader.minor,
        "consented_at": reader.consented_at.isoformat() if reader.consented_at else None,
        "liked": [_answer(services, label, source, language) for label, source in liked],
        "disliked": [_answer(services, label, "written", language) for label in reader.disliked],
        "deleted": [_answer(services, label, "written", language) for label in reader.deleted],
    }


def keep_choice(services: Services, subject: str, **chosen: Any) -> None:
    """Keep what a reader chose, as `readers.choose` takes it, from the next request on."""
    with services.database.write() as session:
        erased = readers.choose(session, services.pseudonyms.of(subject), **chosen)
    _take_out(services, erased)


def delete_reader(services: Services, subject: str) -> int:
    """Delete everything that is kept of what a reader did, at once and for good; returns how many events that were."""
    pseudonym = services.pseudonyms.of(subject)
    with services.database.read() as session:
        # Anybody may make up names: for one that is unknown nobody is kept from writing.
        if not readers.is_known(session, pseudonym):
            return 0
    with services.database.write() as session:
        erased = readers.erase(session, pseudonym)
    _take_out(services, erased)
    return erased.events


def _take_out(services: Services, erased: Erased) -> None:
    """Take what was deleted, events and perhaps labels, out of files and memory."""
    if erased.is_something:
        services.database.forget_deleted()
        services.recommendation.forget_uses(erased)


def _labels(resource: Resource) -> Iterator[Label]:
    yield "kind", resource.kind
    for code in resource.data.get("content_types") or ():
        yield "content_type", str(code)
    for code in sorted(periods(resource)):
        yield "period", code


def _answer(services: Services, label: Label, source: str, language: Language) -> dict[str, Any]:
    facet, code = label
    name = brief.label(services.schemas, VOCABULARIES.get(facet, facet), code, language)
    return {"facet": facet, "value": code, "label": name, "source": source}
