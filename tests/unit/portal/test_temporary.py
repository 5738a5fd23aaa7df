from __future__ import annotations

from pathlib import Path

import pytest
from support import HOUSES, document

from catalog.bulk import NewResource
from portal import services
from portal.temporary import fill, temporary_services
from search.query import Query
from search.specification import Specification


def test_a_measurement_has_a_catalogue_of_its_own_that_is_removed_afterwards(
    tmp_path: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "load_specification", lambda model, schemas: specification)
    monkeypatch.setenv("WENMAI_EVENTS_KEY", "the key of an installation")
    with temporary_services(HOUSES, parent=tmp_path) as opened:
        generation = fill(opened, [NewResource("book", "nlc", document("云冈石窟"))])
        assert generation.documents == 1
        assert opened.settings.events_key is None
        assert [item.resource.title for item in opened.search.search(Query(text="云冈")).items] == [
            "云冈石窟"
        ]
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
