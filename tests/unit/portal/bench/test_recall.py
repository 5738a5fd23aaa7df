from __future__ import annotations

from portal.bench.recall import recall


def test_recall_is_the_mean_share_of_the_nearest_that_were_found() -> None:
    assert recall([([1, 2, 9], [1, 2, 3, 4]), ([], [5, 6])]) == 0.25
    assert recall([([3, 2, 1], [1, 2, 3])]) == 1.0
