from __future__ import annotations

from portal.bench.peers.preparation import asked_of, records_of
from portal.bench.synthetic import FACETS, Synthetic
from portal.temporary import fill, temporary_services
from search.query import Filters, Query
from search.specification import Specification


def test_every_published_record_is_handed_over_with_words_codes_and_the_vector_of_its_text(
    specification: Specification,
) -> None:
    synthetic = Synthetic(specification.schemas, seed=7)
    made = list(synthetic.documents(20))
    with temporary_services(synthetic.institutions) as services:
        fill(services, made)
        records = records_of(services)
        dimension = services.specification.embedding.dimension
    assert list(records.numbers) == list(range(1, 21))
    assert records.vectors.shape == (20, dimension)
    for item, words, codes in zip(made, records.words, records.codes, strict=True):
        title = specification.analyzer.fold(item.data["titles"][0]["value"])
        assert words.startswith(" ".join(specification.analyzer.words(title)))
        assert len(codes) == len(FACETS)
        assert codes[:2] == (item.kind, item.institution)
        assert codes[4] == item.data["rights"]["access"]


def test_a_query_is_handed_over_as_its_words_its_vector_and_its_filter(specification: Specification) -> None:
    queries = [Query("敦煌壁畫敦煌"), Query(filters=Filters({"kind": ("book",)}))]
    text, kind = asked_of(specification, queries)
    assert (text.words, text.kind) == (("敦煌", "壁画"), None)
    assert text.vector.tolist() == specification.embedding.encode(["敦煌壁畫敦煌"])[0].tolist()
    assert (kind.words, kind.kind, kind.vector.any()) == ((), "book", False)
