"""The states of a resource and the steps between them.

draft -> submitted -> published -> withdrawn -> destroyed. A destroyed resource leaves a tombstone:
its id, its title and its history of steps, never its content.
"""

from __future__ import annotations

from enum import StrEnum

from catalog.errors import Conflict


class State(StrEnum):
    """Where a resource stands. Only published ones are found by readers."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DESTROYED = "destroyed"


class Step(StrEnum):
    """What a curator does to a resource."""

    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DESTROY = "destroy"


_STEPS: dict[Step, tuple[frozenset[State], State]] = {
    Step.SUBMIT: (frozenset({State.DRAFT}), State.SUBMITTED),
    Step.RETURN: (frozenset({State.SUBMITTED}), State.DRAFT),
    Step.PUBLISH: (frozenset({State.SUBMITTED, State.WITHDRAWN}), State.PUBLISHED),
    Step.WITHDRAW: (frozenset({State.PUBLISHED}), State.WITHDRAWN),
    Step.DESTROY: (frozenset({State.DRAFT, State.WITHDRAWN}), State.DESTROYED),
}


def after(state: State, step: Step) -> State:
    """The state that `step` leads to from `state`. Raises Conflict, naming the states the step starts from."""
    sources, target = _STEPS[step]
    if state not in sources:
        wanted = " or ".join(sorted(sources))
        raise Conflict(f"a resource that is {state} cannot take the step {step!s}: it must be {wanted} first")
    return target
