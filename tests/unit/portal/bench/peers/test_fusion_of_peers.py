from __future__ import annotations

import numpy as np

from portal.bench.peers.base import SIZE, Asked
from portal.bench.peers.fusion import fused

ASKED = Asked((), np.zeros(1, np.float32), None)


def test_places_in_both_legs_add_up_and_ties_go_to_the_lower_number() -> None:
    assert fused(lambda _: [5, 7, 9], lambda _: [9, 4])(ASKED) == [9, 5, 4, 7]


def test_no_more_come_out_than_a_page_holds() -> None:
    assert len(fused(lambda _: [*range(SIZE)], lambda _: [*range(SIZE, 2 * SIZE)])(ASKED)) == SIZE
