"""Replay: the events of a catalogue in the order of time. What is learnt from the earlier ones foretells each later one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import WenmaiError
from catalog.tables import EventRow
from recommend.evaluation.metrics import DEPTH, Tally
from recommend.evaluation.models import Model, popularity, train_wenmai
from recommend.hyperparameters import Hyperparameters
from recommend.learning.sparse import Numbers, matrix
from recommend.learning.training import LEARNT

_LEARNT_SHARE = 0.8
_LEAST_EVENTS = 100


def replay(session: Session, parameters: Hyperparameters, seed: int) -> dict[str, Any]:
    """The document that `wenmai evaluate replay` prints.

    Of the uses in order of time the first 80 % are learnt from. Each later one of a subject with a history is asked for,
    as the next request after that history would, and then belongs to it. Raises WenmaiError for too few events.
    """
    found = session.execute(
        select(EventRow.subject, EventRow.resource).where(*LEARNT).order_by(EventRow.at, EventRow.number)
    )
    # One vote of each subject for a resource, as in learning: the first.
    rows = list(dict.fromkeys((subject, resource) for subject, resource in found))
    if len(rows) < _LEAST_EVENTS:
        raise WenmaiError(
            f"there are {len(rows)} events of subjects, each resource counted once; a replay needs {_LEAST_EVENTS} or more"
        )
    subjects = np.unique(np.array([row[0] for row in rows]), return_inverse=True)[1]
    numbers, items = np.unique(np.array([row[1] for row in rows]), return_inverse=True)
    cut = int(len(rows) * _LEARNT_SHARE)
    shape = (int(subjects.max()) + 1, len(numbers))
    train = matrix(subjects[:cut].astype(np.int64), items[:cut].astype(np.int64), shape)
    used = np.asarray(train.sum(axis=0), dtype=np.float32).ravel()
    models: dict[str, Model] = {
        "popularity": popularity(train),
        "wenmai": train_wenmai(train, None, parameters, seed),
    }
    document: dict[str, Any] = {"events": len(rows), "learnt": cut, "resources": len(numbers)}
    document["models"] = {
        name: _replayed(model, subjects, items, cut, Tally(used, shape[0])) for name, model in models.items()
    }
    return document


def _replayed(model: Model, subjects: Numbers, items: Numbers, cut: int, tally: Tally) -> dict[str, float]:
    histories: dict[int, dict[int, None]] = defaultdict(dict)
    for place, (subject, item) in enumerate(zip(subjects.tolist(), items.tolist(), strict=True)):
        history = histories[subject]
        if place >= cut and history and item not in history:
            known = np.fromiter(history, dtype=np.int64, count=len(history))
            tally.add(model.rank(known, DEPTH), np.array([item]))
        history[item] = None
    return tally.scores()
