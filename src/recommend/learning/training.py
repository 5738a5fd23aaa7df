"""Learning from the events of a catalogue: reads them, learns, and writes a new version of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from time import perf_counter

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.database import Database, lock
from catalog.tables import EventRow
from recommend.events.event_log import ERASING
from recommend.hyperparameters import CoUseParameters, Hyperparameters
from recommend.learning.catalogue_content import CatalogueContent
from recommend.learning.content import Content, likeness_weight, table_of
from recommend.learning.couse import learn
from recommend.learning.sparse import Matrix, Numbers, Weights, matrix, row_sizes
from recommend.learning.table import Table, write_table
from recommend.learning.versions import READY, Version, Versions
from recommend.newness import newest_entries
from recommend.readers import IS_USE, last_erasure
from search.service import SearchService

_SEED = 7
_JUST_BEFORE = timedelta(microseconds=1)
# Which events are learnt from.
LEARNT = (
    *IS_USE,
    # Visits are nobody's: three of them may be one person's.
    EventRow.subject.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Interactions:
    """What is learnt from. `matrix` has a row a subject and a column for each of `numbers`, ascending; its entries are the roots of
    how much a subject counts in a pair, 1 for all but those who used very much."""

    matrix: Matrix
    numbers: Numbers
    events: int
    position: int


def read_interactions(session: Session, parameters: CoUseParameters, new: Sequence[int] = ()) -> Interactions:
    """Who used what: one vote for each subject and resource, of its newest so many.

    `new` are resources that get a column though nobody used them.
    """
    rows = session.execute(
        select(EventRow.number, EventRow.subject, EventRow.resource)
        .where(*LEARNT)
        .order_by(EventRow.at.desc(), EventRow.number.desc())
        .execution_options(yield_per=50_000)
    )
    subjects: dict[int | None, int] = {}
    votes: dict[int, dict[int, None]] = {}
    events = position = 0
    for number, subject, resource in rows:
        events, position = events + 1, max(position, number)
        votes.setdefault(subjects.setdefault(subject, len(subjects)), {})[resource] = None
    counted = [list(islice(of, parameters.most_of_one_subject)) for of in votes.values()]
    used = np.unique(np.array([r for of in counted for r in of] + list(new), dtype=np.int64))
    row = np.repeat(np.arange(len(counted)), [len(of) for of in counted])
    column = np.searchsorted(used, np.array([r for of in counted for r in of], dtype=np.int64))
    interactions = matrix(row, column, (len(subjects), len(used)))
    weights = _weights(np.array([len(of) for of in votes.values()], dtype=np.int64), len(used), parameters)
    # Of a pair the two entries are multiplied.
    interactions.data *= np.repeat(np.sqrt(weights), row_sizes(interactions))
    return Interactions(interactions, used, events, position)


def _weights(sizes: Numbers, resources: int, parameters: CoUseParameters) -> Weights:
    """How much each subject counts in a pair, by how many resources it used: who opened everything says of no two of them that
    they go together, and a few such would stand behind every pair."""
    heavy = parameters.heavy
    most = min(parameters.most_of_one_subject, max(heavy.least, heavy.share * resources))
    return np.minimum(1.0, most / np.maximum(sizes, 1)).astype(np.float32)


def newest_use(session: Session) -> int:
    """Number of the newest event that is learnt from; 0 without any."""
    newest = select(EventRow.number).where(*LEARNT).order_by(EventRow.number.desc()).limit(1)
    return session.scalar(newest) or 0


def train(
    database: Database, search: SearchService, versions: Versions, parameters: Hyperparameters, dimension: int
) -> Version:
    """Learn from all events that there are and activate what was learnt, unless somebody chose another version meanwhile.

    Raises Unavailable without an index.
    """
    # Of before the events are read: what is deleted from now on is still to be unlearnt.
    began, moment, held = perf_counter(), now(), versions.held_id()
    with database.read() as session:
        erased = last_erasure(session)
        new = [one.number for one in newest_entries(session) if one.is_new]
        interactions = read_interactions(session, parameters.co_use, new)
    # Also where a clock was set back since.
    moment = max(moment, erased or moment)
    content = CatalogueContent(search.engine(), interactions.numbers.tolist(), dimension)
    with versions.making() as (version_id, directory):
        write_table(_table(interactions, new, content, parameters), directory)
        with database.write() as session:
            lock(session, ERASING)
            if (since := last_erasure(session)) is not None and since != erased:
                # Begun before the events were read, and ended after.
                moment = min(moment, since - _JUST_BEFORE)
            version = Version(
                version_id, READY, interactions.events, interactions.matrix.shape[0],
                interactions.matrix.shape[1], interactions.position, round(perf_counter() - began, 2), moment,
            )  # fmt: skip
            versions.add(session, version)
            session.flush()
            chosen = versions.held_id()
            if chosen is None or chosen == held or chosen not in [one.id for one in versions.usable(session)]:
                chosen = versions.activate(session, version_id).id
            versions.clear(session, chosen)
    return version


def _table(
    interactions: Interactions, new: Sequence[int], content: Content, parameters: Hyperparameters
) -> Table:
    couse = learn(interactions.matrix, parameters.co_use)
    # New until enough used it: the first of them must not take away what it inherited.
    little_used = couse.subjects < parameters.co_use.least_subjects
    heirs = np.flatnonzero(little_used & np.isin(interactions.numbers, new))
    likeness = likeness_weight(interactions.matrix, couse, content, parameters.new_items, _SEED)
    return table_of(interactions.numbers, couse, content, heirs, likeness, parameters)
