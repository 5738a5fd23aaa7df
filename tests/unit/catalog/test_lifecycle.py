from __future__ import annotations

from itertools import product

import pytest

from catalog.errors import Conflict
from catalog.lifecycle import State, Step, after

ALLOWED = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Step.DESTROY): State.DESTROYED,
    (State.SUBMITTED, Step.RETURN): State.DRAFT,
    (State.SUBMITTED, Step.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Step.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Step.PUBLISH): State.PUBLISHED,
    (State.WITHDRAWN, Step.DESTROY): State.DESTROYED,
}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_a_step_is_taken_only_from_the_states_that_allow_it(state: State, step: Step) -> None:
    if (state, step) in ALLOWED:
        assert after(state, step) is ALLOWED[state, step]
    else:
        with pytest.raises(Conflict, match=f"{state} cannot take the step {step}: it must be"):
            after(state, step)


def test_nothing_leads_out_of_destruction() -> None:
    assert not [step for state, step in ALLOWED if state is State.DESTROYED]
