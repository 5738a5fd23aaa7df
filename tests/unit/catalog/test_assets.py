from __future__ import annotations

import pytest

from catalog.assets import asset


@pytest.mark.parametrize("name", ["schemas", "index_config", "sample", "models", "migrations", "widget"])
def test_every_shipped_folder_is_found_and_not_empty(name: str) -> None:
    assert any(asset(name).iterdir())


def test_a_missing_folder_says_to_install_again() -> None:
    with pytest.raises(FileNotFoundError, match="'nothing'; install it again"):
        asset("nothing")
