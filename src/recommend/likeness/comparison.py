"""What is alike in content, compared with what led to it: whether it is so by more than chance, and with which it is most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from catalog.resources import Resource
from recommend.likeness.declared import Declared, common_maker, share
from recommend.likeness.middles import Middles
from search.embedded.engine import EmbeddedEngine
from search.engine import Vector

# Two so near say nearly the same, also where all of a catalogue are so much alike that they are nearer still by chance.
_THE_SAME = 0.9
# Two that declare no more in common than this, such as a content type and a dynasty, have it in common with many.
_OF_MANY = 0.2


class Likeness(NamedTuple):
    """What of a history a resource is most like, by its number, how much their records declare in common, and whether they are
    near enough to be called similar."""

    because: int
    declared: float
    is_near: bool


def compared(
    engine: EmbeddedEngine,
    found: Sequence[Resource],
    leading: Sequence[Resource],
    declared: Callable[[Resource], Declared],
    middles: Middles,
) -> Mapping[int, Likeness]:
    """Of these by number those that are like another one, of `leading`, by more than chance.

    Vectors alone are not trusted: long texts of one sort are near to one another whatever they are about. Without anything that
    could be named two resources are alike only if they are close, freed of what is common to their kinds; with no more in common than
    with many others, if they are near; where one of the records declares nothing, if they are nearer than by chance.
    """
    if not found or not leading:
        return {}
    cosines = _cosines(middles.freed(engine, [one.number for one in (*found, *leading)]), found, leading)
    others = [(other, declared(other)) for other in leading]
    likenesses = {}
    for one, row in zip(found, cosines, strict=True):
        best, ours = -1.0, declared(one)
        for (other, theirs), cosine in zip(others, row, strict=True):
            if other.number == one.number:
                continue
            common = share(ours, theirs)
            if cosine + common <= best:
                continue
            is_silent = not (ours.says_something and theirs.says_something)
            # What has no vector is near to nothing, also where chance is not known.
            is_near = cosine > 0 and cosine >= min(middles.chance if is_silent else middles.close, _THE_SAME)
            is_common = common > (_OF_MANY if cosine < middles.near else 0.0)
            if is_common or is_near or _is_told(ours, theirs):
                best = cosine + common
                likenesses[one.number] = Likeness(other.number, common, is_near)
    return likenesses


def _is_told(ours: Declared, theirs: Declared) -> bool:
    """Whether something else than what they are about can be named that both have."""
    return bool(
        ours.titles & theirs.titles or ours.collections & theirs.collections or common_maker(ours, theirs)
    )


def _cosines(
    vectors: Mapping[int, Vector], found: Sequence[Resource], leading: Sequence[Resource]
) -> list[list[float]]:
    """A row for each of `found`, an entry for each of `leading`; 0 of what has no vector."""
    if not vectors:
        return [[0.0] * len(leading)] * len(found)
    none = np.zeros_like(next(iter(vectors.values())))

    def stacked(of: Sequence[Resource]) -> Vector:
        return np.stack([vectors.get(one.number, none) for one in of])

    # Not `@`: BLAS shares even small products out to every core, whose threads then spin, waiting for more.
    cosines: list[list[float]] = np.einsum("id,jd->ij", stacked(found), stacked(leading)).tolist()
    return cosines
