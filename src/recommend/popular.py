"""What is popular and what is new, by group: looked up again every minute, while requests go on with what was known."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from catalog import institutions
from catalog.clock import now
from catalog.database import Database
from catalog.lifecycle import State
from catalog.tables import EventRow, ResourceRow
from recommend.events import LIKED_FROM, USES
from recommend.newness import newest_entries
from search.used_titles import NO_USE

# Trends are fresh for so long, and so many times as long as looking them up took: among ten million events that takes
# half a minute, which must not be spent in every minute.
_FRESH_SECONDS, _FRESH_TIMES = 60.0, 9.0
# After so long nobody is answered with what was known.
_STALE_SECONDS = 3600.0
# Ages, in half-lives: a use counts by the next one above its own, and what is older than the last does not.
_AGES = (0.25, 0.5, 1.0, 2.0, 4.0)
# Used within so many half-lives, something is popular of late; before that it counts, but it is not said.
_OF_LATE = 2.0
_MOST = 5000
_OF_A_GROUP = 300
# A group: everybody, one institution, one province (two digits), institutions of one type, one kind.
Group = tuple[str, str]
EVERYBODY: Group = ("all", "")


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

    def without(self, numbers: Collection[int]) -> Trends:
        """The same, but that none of these is popular."""
        gone = {*numbers}
        popular = {
            group: {number: score for number, score in of.items() if number not in gone}
            for group, of in self.popular.items()
        }
        used = {number: score for number, score in self.used.items() if number not in gone}
        return replace(self, popular=popular, used=used, late=self.late - gone)


@dataclass(frozen=True, slots=True)
class _Known:
    """Trends, until when they are fresh, and when they may be looked up again if something was deleted; of `monotonic`."""

    fresh_until: float
    soon: float
    trends: Trends

    def without(self, numbers: Collection[int]) -> _Known:
        return _Known(min(self.fresh_until, self.soon), self.soon, self.trends.without(numbers))


class TrendWatch:
    """Knows the trends, a minute old at most once somebody asks, or older where looking them up takes long."""

    def __init__(self, database: Database, half_life_days: float, least_subjects: int) -> None:
        self._database = database
        self._half_life, self._least = timedelta(days=half_life_days), least_subjects
        self._lock = threading.Lock()
        self._known: _Known | None = None
        # What uses of were deleted since looking up last began; and the lock of this and of what is known.
        self._gone: set[int] = set()
        self._changing = threading.Lock()

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

    def forget(self, numbers: Collection[int]) -> None:
        """Let these, uses of which were deleted, be popular nowhere from now on, until they are looked up again: soon, but
        deletions one after another must not keep the database busy with that."""
        with self._changing:
            self._gone |= {*numbers}
            if self._known is not None and numbers:
                self._known = self._known.without(numbers)

    def _look_up(self) -> None:
        """In the background, unless that is under way."""
        if self._lock.acquire(blocking=False):
            threading.Thread(target=self._refresh, name="trends", daemon=True).start()

    def _refresh(self) -> None:
        try:
            self._renewed()
        finally:
            self._lock.release()

    def _renewed(self) -> _Known:
        with self._changing:
            self._gone = set()
        began = monotonic()
        trends = self._read()
        ended = monotonic()
        soon = ended + _FRESH_TIMES * (ended - began)
        found = _Known(max(ended + _FRESH_SECONDS, soon), soon, trends)
        with self._changing:
            self._known = found.without(self._gone) if self._gone else found
            return self._known

    def _read(self) -> Trends:
        with self._database.read() as session:
            houses = list(institutions.all_institutions(session))
            popular = _popular(session, self._half_life, self._least)
            # What is popular already needs no place among the new.
            entries = [one for one in newest_entries(session) if one.number not in popular]
        newest = {one.number: _Counted(one.institution, one.kind) for one in entries}
        provinces = {house.code: house.region[:2] for house in houses if house.region}
        types = {house.code: str(house.data["type"]) for house in houses if house.data.get("type")}
        groups = _Groups(provinces, types)
        by_group = groups.split(popular, lambda of: sorted(of, key=lambda number: (-of[number], number)))
        return Trends(
            {group: _scaled(of) for group, of in by_group.items()},
            {
                group: tuple(of)
                for group, of in groups.split(newest, lambda of: sorted(of, reverse=True)).items()
            },
            provinces,
            types,
            _scaled({number: one.score for number, one in popular.items()}),
            frozenset(number for number, one in popular.items() if one.of_late >= self._least),
            frozenset(one.number for one in entries if one.is_new),
        )


@dataclass(frozen=True, slots=True)
class _Counted:
    """A resource's institution, kind and score, and how many subjects used it of late."""

    institution: str
    kind: str
    score: float = 0.0
    of_late: int = 0


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


def _popular(session: Session, half_life: timedelta, least: int) -> dict[int, _Counted]:
    """Resources that enough subjects used, by how many did and how long ago each last did.

    A subject counts once, however often it came; visits, of which three may be one person's, do not.
    """
    moment = now()
    each = (
        select(EventRow.resource, func.max(EventRow.at).label("last"))
        .where(
            EventRow.at > moment - half_life * _AGES[-1], EventRow.type.in_(USES), EventRow.subject.is_not(None),
            EventRow.value.is_(None) | (EventRow.value >= LIKED_FROM),
        )
        .group_by(EventRow.resource, EventRow.subject)
        .subquery()
    )  # fmt: skip
    worth = case(*((each.c.last > moment - half_life * age, 2.0**-age) for age in _AGES), else_=0.0)
    is_late = case((each.c.last > moment - half_life * _OF_LATE, 1), else_=0)
    used = (
        select(each.c.resource, func.sum(worth).label("score"), func.sum(is_late).label("of_late"))
        .group_by(each.c.resource)
        .having(func.count() >= least)
        .subquery()
    )
    rows = session.execute(
        select(used.c.resource, ResourceRow.institution, ResourceRow.kind, used.c.score, used.c.of_late)
        .join(ResourceRow, ResourceRow.number == used.c.resource)
        .where(ResourceRow.state == State.PUBLISHED)
        .order_by(used.c.score.desc(), used.c.resource)
        .limit(_MOST)
    )
    return {row[0]: _Counted(row[1], row[2], float(row[3]), int(row[4])) for row in rows}


def _scaled(scores: Mapping[int, float]) -> dict[int, float]:
    """Divided by the best, as roots: the most popular few do not leave the others far behind."""
    best = max(scores.values(), default=0.0)
    return {number: (score / best) ** 0.5 for number, score in scores.items()} if best > 0 else dict(scores)
