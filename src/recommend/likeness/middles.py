"""What the vectors of one kind of resources have in common, so that a profile can be freed of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from search.embedded.engine import EmbeddedEngine
from search.engine import Vector
from search.query import Filters

# From so many resources at even spacing, of which so many are paired; of a kind with fewer of them nothing is known.
_SAMPLE, _PAIRED, _FEWEST = 1_000, 400, 20
# So many seconds one state of the catalogue stands for the next ones.
_KEPT_SECONDS = 600.0
# What nine of ten pairs stay below is chance; what one in fifty reaches is near, what but one in a thousand does is close.
_CHANCE, _NEAR, _CLOSE = 0.9, 0.98, 0.999
# So near is close in any catalogue, and where there are too few to tell.
_CLOSE_ANYWHERE = 0.5


@dataclass(frozen=True, slots=True)
class Middles:
    """The mean vector of each kind; the cosine of freed vectors that nine of ten pairs stay below (`chance`), 49 of 50
    (`near`), and 999 of 1000 (`close`)."""

    of_kind: Mapping[str, Vector]
    chance: float = 0.0
    near: float = _CLOSE_ANYWHERE
    close: float = _CLOSE_ANYWHERE

    def freed(self, engine: EmbeddedEngine, numbers: Sequence[int]) -> dict[int, Vector]:
        """By number the vectors of those that have one, each without what is common to its kind, of length 1.

        Records of one kind are written alike, whatever they are about: what is nearest to a book on gardens is another book, and no
        garden (the mean taken off: Mu, Viswanath, "All-but-the-Top", 2018).
        """
        vectors = engine.vectors(numbers)
        for kind, middle in self.of_kind.items():
            for number in engine.passing(list(vectors), Filters({"kind": (kind,)})):
                vectors[number] = _of_length_one(vectors[number] - middle)
        return vectors


class MiddlesInUse:
    """The middles of the catalogue as it is now, worked out anew now and then. Safe to share between threads."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = kinds
        self._lock = threading.Lock()
        self._known: tuple[float, Middles] | None = None

    def now(self, engine: EmbeddedEngine) -> Middles:
        """Those of the state that `engine` reads, or of one a few minutes ago."""
        with self._lock:
            if self._known is None or monotonic() > self._known[0]:
                self._known = monotonic() + _KEPT_SECONDS, _worked_out(engine, self._kinds)
            return self._known[1]


def _worked_out(engine: EmbeddedEngine, kinds: Sequence[str]) -> Middles:
    vectors = engine.vectors(engine.some(_SAMPLE))
    middles: dict[str, Vector] = {}
    for kind in kinds:
        of_kind = engine.passing(list(vectors), Filters({"kind": (kind,)}))
        if len(of_kind) >= _FEWEST:
            middles[kind] = np.mean([vectors[number] for number in sorted(of_kind)], axis=0)
    if len(vectors) < _FEWEST:
        return Middles(middles)
    some = np.stack([*Middles(middles).freed(engine, engine.some(_PAIRED)).values()])
    cosines = (some @ some.T)[np.triu_indices(len(some), 1)]
    chance, near, close = (max(0.0, float(q)) for q in np.quantile(cosines, (_CHANCE, _NEAR, _CLOSE)))
    return Middles(middles, chance, min(near, _CLOSE_ANYWHERE), min(close, _CLOSE_ANYWHERE))


def _of_length_one(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector
