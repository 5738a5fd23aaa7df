from __future__ import annotations

from collections import Counter

import pytest

from portal.bench.synthetic import KINDS, Synthetic
from search.specification import Specification


@pytest.fixture(scope="module")
def synthetic(specification: Specification) -> Synthetic:
    return Synthetic(specification.schemas, seed=7)


def test_one_seed_makes_one_catalogue(specification: Specification) -> None:
    first, again = (Synthetic(specification.schemas, seed=7) for _ in range(2))
    assert list(first.documents(20)) == list(again.documents(20))
    assert first.title_queries(5) == again.title_queries(5)


def test_every_document_and_institution_is_valid(synthetic: Synthetic, specification: Specification) -> None:
    houses = {house["code"] for house in synthetic.institutions}
    for house in synthetic.institutions:
        assert specification.schemas.validate("institution", house) == []
    for made in synthetic.documents(100):
        data = dict(made.data) | ({"heritage_type": "object"} if made.kind == "heritage" else {})
        assert specification.schemas.validate(made.kind, data) == []
        assert made.institution in houses


def test_kinds_are_even_and_years_spread(synthetic: Synthetic) -> None:
    made = list(synthetic.documents(400))
    assert Counter(item.kind for item in made) == dict.fromkeys(KINDS, 100)
    assert len({item.data["dates"][0]["edtf"] for item in made}) > 80


def test_queries_are_different_words_of_titles_and_fifteen_to_thirty_characters_of_descriptions(
    specification: Specification,
) -> None:
    synthetic = Synthetic(specification.schemas, seed=7)
    made = [item.data for item in synthetic.documents(200)]
    titles = [data["titles"][0]["value"] for data in made]
    texts, questions = synthetic.title_queries(100), synthetic.questions(100)
    assert len(set(texts)) == len(set(questions)) == 100
    assert all(any(set(text) <= set(title) for title in titles) for text in texts)
    assert all(any(question in data["description"] for data in made) for question in questions)
    assert all(15 <= len(question) <= 30 for question in questions)
