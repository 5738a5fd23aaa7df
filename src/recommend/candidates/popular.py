"""What is popular and what is new, by group: looked up again every minute, while requests go on with what was known."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from catalog import institutions
from catalog.clock import now
from catalog.database import Database
from catalog.lifecycle import State
from catalog.tables import EventRow, ResourceRow
from recommend.newness import newest_entries
from recommend.readers import IS_USE, Erased, last_erasure
from search.used_titles import NO_USE

# Trends are fresh for so long, and so many times as long as looking them up took: among ten million events that takes
# half a minute, which must not be spent in every minute.
_FRESH_SECONDS, _FRESH_TIMES = 60.0, 9.0
# After so long nobody is answered with what was known.
_STALE_SECONDS = 3600.0
# So often the database is asked whether another process deleted something, and so long after a failure it is let be.
_ASK_SECONDS, _RETRY_SECONDS = 1.0, 10.0
# Ages, in half-lives: a use counts by the next one above its own, and what is older than the last does not.
_AGES = (0.25, 0.5, 1.0, 2.0, 4.0)
# Used within so many half-lives, something is popular of late; before that it counts, but it is not said.
_OF_LATE = 2.0
_MOST = 5000
_OF_A_GROUP = 300
# A group: everybody, one institution, one province (two digits), institutions of one type, one kind.
Group = tuple[str, str]
EVERYBODY: Group = ("all", "")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trends:
    """By group the popular resources with their score, 1 for the most popular, and those entered last, newest first.

    `provinces` and `types` are those of institutions; `used` has the popular ones of all groups, far more than a group
    keeps; `late` are those of them that enough subjects used of late, `new` those of the newest
    that are new to a catalogue that was there before.
    """

    popular: Mapping[Group, Mapping[int, float]] = field(default_factory=dict)
    newest: Mapping[Group, tuple[int, ...]] = field(default_factory=dict)
    provinces: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[int, float] = field(default_factory=dict)
    late: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Counted:
    """A resource's institution and kind; how many subjects used it, how much these count, and how many used it of late."""

    institution: str
    kind: str
    subjects: int = 0
    score: float = 0.0
    of_late: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What was looked up at a moment, after a deletion of events that was the last then (`erased`): the popular resources as
    they were counted, and the newest entries that are not among them."""

    moment: datetime
    erased: datetime | None
    popular: Mapping[int, _Counted]
    newest: Mapping[int, _Counted]
    new: frozenset[int]
    provinces: Mapping[str, str]
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found and the trends in it, until when they are fresh, and when they may be looked up again if something was
    deleted; of `monotonic`."""

    fresh_until: float
    soon: float
    found: _Found
    trends: Trends


class TrendWatch:
    """Knows the trends, a minute old at most once somebody asks, or older where looking them up takes long."""

    def __init__(self, database: Database, half_life_days: float, least_subjects: int) -> None:
        self._database = database
        self._half_life, self._least = timedelta(days=half_life_days), least_subjects
        self._lock = threading.Lock()
        self._known: _Known | None = None
        # What was deleted since looking up last began; and the lock of this and of what is known.
        self._gone: list[Erased] = []
        self._changing = threading.Lock()
        # Not before then it is looked up in the background, and the database asked whether something was deleted.
        self._next_look = self._next_question = float("-inf")

    def trends(self) -> Trends:
        """The trends as last looked up; where that is some time ago, they are looked up again in the background, and where it is
        long ago, as after a night without a request, now."""
        known = self._known
        if known is None or monotonic() > known.fresh_until + _STALE_SECONDS:
            with self._lock:
                known = self._known
                if known is None or monotonic() > known.fresh_until + _STALE_SECONDS:
                    known = self._renewed()
        elif monotonic() > known.fresh_until:
            self._look_up()
        elif monotonic() > max(known.soon, self._next_question):
            self._next_question = monotonic() + _ASK_SECONDS
            self._look_up(known)
        return known.trends

    def used(self) -> Mapping[int, float]:
        """The resources that are used most, each with its score; none as long as nothing was looked up, which begins."""
        if self._known is None:
            self._look_up()
            return NO_USE
        return self.trends().used

    def look_again(self) -> None:
        """Look everything up at the next request, which waits for it."""
        self._known = None

    def forget(self, erased: Erased) -> None:
        """Take one vote from each resource that a subject used, the uses having been deleted, and soon look everything up again:
        not at once, for deletions one after another must not keep the database busy with that."""
        if not erased.uses:
            return
        with self._changing:
            self._gone.append(erased)
            if self._known is not None:
                self._known = self._without(self._known, [erased])

    def _look_up(self, known: _Known | None = None) -> None:
        """In the background, unless that is under way or failed just now; with what is `known` only if events were deleted since,
        by another process perhaps."""
        if monotonic() < self._next_look or not self._lock.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._refresh, args=(known,), name="trends", daemon=True).start()
        except RuntimeError:
            # There are too many threads: requests go on with what is known.
            self._failed()
            self._lock.release()

    def _refresh(self, known: _Known | None) -> None:
        try:
            if known is None or self._is_outdated(known):
                self._renewed()
        except Exception:
            self._failed()
        finally:
            self._lock.release()

    def _is_outdated(self, known: _Known) -> bool:
        with self._database.read() as session:
            return last_erasure(session) != known.found.erased

    def _failed(self) -> None:
        self._next_look = monotonic() + _RETRY_SECONDS
        _log.exception("what is popular and new could not be looked up; trying again")

    def _renewed(self) -> _Known:
        with self._changing:
            self._gone = []
        began = monotonic()
        found = self._read()
        trends = self._trends(found)
        ended = monotonic()
        soon = ended + _FRESH_TIMES * (ended - began)
        known = _Known(max(ended + _FRESH_SECONDS, soon), soon, found, trends)
        with self._changing:
            self._known = self._without(known, self._gone)
            return self._known

    def _without(self, known: _Known, gone: Iterable[Erased]) -> _Known:
        """The same without the votes of what was deleted, as far as they were counted."""
        found = known.found
        later = [one for one in gone if one.at and (found.erased is None or one.at > found.erased)]
        if not later:
            return known
        popular = {**found.popular}
        for erased in later:
            for number, age in self._votes(erased, found.moment):
                one = popular.pop(number, None)
                if one is not None and one.subjects > self._least:
                    popular[number] = self._less(one, age)
        found = replace(found, popular=popular)
        return _Known(min(known.fresh_until, known.soon), known.soon, found, self._trends(found))

    def _votes(self, erased: Erased, moment: datetime) -> list[tuple[int, timedelta]]:
        """For which resources a deleted subject counted at that moment, and how long before it used each last."""
        last: dict[int, datetime] = {}
        for use in erased.uses:
            if use.received_at <= moment and use.at > moment - self._half_life * _AGES[-1]:
                last[use.resource] = max(use.at, last.get(use.resource, use.at))
        return [(number, moment - at) for number, at in last.items()]

    def _less(self, one: _Counted, age: timedelta) -> _Counted:
        """Without the vote of a subject that used it last so long before."""
        worth = next((_worth(of) for of in _AGES if age < self._half_life * of), 0.0)
        of_late = one.of_late - (age < self._half_life * _OF_LATE)
        return replace(one, subjects=one.subjects - 1, score=max(one.score - worth, 0.0), of_late=of_late)

    def _read(self) -> _Found:
        with self._database.read() as session:
            moment = now()
            erased = last_erasure(session)
            houses = list(institutions.all_institutions(session))
            popular = _popular(session, moment, self._half_life, self._least)
            # What is popular already needs no place among the new.
            entries = [one for one in newest_entries(session) if one.number not in popular]
        return _Found(
            moment,
            erased,
            popular,
            {one.number: _Counted(one.institution, one.kind) for one in entries},
            frozenset(one.number for one in entries if one.is_new),
            {house.code: house.region[:2] for house in houses if house.region},
            {house.code: str(house.data["type"]) for house in houses if house.data.get("type")},
        )

    def _trends(self, found: _Found) -> Trends:
        groups = _Groups(found.provinces, found.types)
        by_group = groups.split(
            found.popular, lambda of: sorted(of, key=lambda number: (-of[number], number))
        )
        newest = groups.split(found.newest, lambda of: sorted(of, reverse=True))
        return Trends(
            {group: _scaled(of) for group, of in by_group.items()},
            {group: tuple(of) for group, of in newest.items()},
            found.provinces,
            found.types,
            _scaled({number: one.score for number, one in found.popular.items()}),
            frozenset(number for number, one in found.popular.items() if one.of_late >= self._least),
            found.new,
        )


class _Groups:
    """Puts resources into their groups."""

    def __init__(self, provinces: Mapping[str, str], types: Mapping[str, str]) -> None:
        self._provinces, self._types = provinces, types

    def split(
        self, counted: Mapping[int, _Counted], order: Callable[[dict[int, float]], list[int]]
    ) -> dict[Group, dict[int, float]]:
        """By group the first of them and their scores, in this order."""
        members: dict[Group, dict[int, float]] = defaultdict(dict)
        for number, one in counted.items():
            for group in self._of(one):
                members[group][number] = one.score
        return {
            group: {number: of[number] for number in order(of)[:_OF_A_GROUP]} for group, of in members.items()
        }

    def _of(self, one: _Counted) -> list[Group]:
        groups = [EVERYBODY, ("institution", one.institution), ("kind", one.kind)]
        for name, codes in (("region", self._provinces), ("type", self._types)):
            if code := codes.get(one.institution):
                groups.append((name, code))
        return groups


def _worth(age: float) -> float:
    """What a use counts that is so many half-lives old at most."""
    return float(2.0**-age)


def _popular(session: Session, moment: datetime, half_life: timedelta, least: int) -> dict[int, _Counted]:
    """Resources that enough subjects used, by how many did and how long ago each last did.

    A subject counts once, however often it came; visits, of which three may be one person's, do not.
    """
    each = (
        select(EventRow.resource, func.max(EventRow.at).label("last"))
        .where(EventRow.at > moment - half_life * _AGES[-1], EventRow.subject.is_not(None), *IS_USE)
        .group_by(EventRow.resource, EventRow.subject)
        .subquery()
    )
    worth = case(*((each.c.last > moment - half_life * age, _worth(age)) for age in _AGES), else_=0.0)
    is_late = case((each.c.last > moment - half_life * _OF_LATE, 1), else_=0)
    used = (
        select(
            each.c.resource, func.count().label("subjects"), func.sum(worth).label("score"),
            func.sum(is_late).label("of_late"),
        )
        .group_by(each.c.resource)
        .having(func.count() >= least)
        .subquery()
    )  # fmt: skip
    resource = ResourceRow
    rows = session.execute(
        select(
            used.c.resource,
            resource.institution,
            resource.kind,
            used.c.subjects,
            used.c.score,
            used.c.of_late,
        )
        .join(resource, resource.number == used.c.resource)
        .where(resource.state == State.PUBLISHED)
        .order_by(used.c.score.desc(), used.c.resource)
        .limit(_MOST)
    )
    return {row[0]: _Counted(row[1], row[2], row[3], float(row[4]), int(row[5])) for row in rows}


def _scaled(scores: Mapping[int, float]) -> dict[int, float]:
    """Divided by the best, as roots: the most popular few do not leave the others far behind."""
    best = max(scores.values(), default=0.0)
    return {number: (score / best) ** 0.5 for number, score in scores.items()} if best > 0 else dict(scores)
