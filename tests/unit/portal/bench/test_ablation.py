from __future__ import annotations

import pytest

from portal.bench.ablation import FIELDS, rankings_without
from search.specification import Ranking, Specification


@pytest.fixture
def ranking(specification: Specification) -> Ranking:
    return specification.ranking


@pytest.mark.parametrize("ingredient", FIELDS)
def test_every_ingredient_can_be_left_out_and_is_in_the_ranking(ranking: Ranking, ingredient: str) -> None:
    gone = set(ranking.fields) - set(rankings_without(ranking)[ingredient].fields)
    assert gone == set(FIELDS[ingredient])


def test_each_ranking_lacks_something_and_all_of_them_differ(ranking: Ranking) -> None:
    tried = list(rankings_without(ranking).values())
    assert ranking not in tried
    assert all(one != other for place, one in enumerate(tried) for other in tried[:place])
    without = rankings_without(ranking)
    assert without["vectors"].vector.weight(0.0) == 0.0
    assert without["choice"].vector.weight(0.0) == without["choice"].vector.weight(1.0) > 0
