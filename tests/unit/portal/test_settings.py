from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.settings import Settings


def test_the_database_lies_in_the_data_directory_unless_said_otherwise() -> None:
    assert Settings(data=Path("/srv/x")).database_url == "sqlite:////srv/x/wenmai.db"
    assert Settings(database_url="postgresql+psycopg://db/wenmai").database_url.startswith("postgresql")


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMAI_PORT", "9001")
    monkeypatch.setenv("WENMAI_CORS_ORIGINS", "https://a.example, http://b.example:8080,")
    settings = Settings()
    assert settings.port == 9001
    assert settings.cors_origins == ("https://a.example", "http://b.example:8080")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMAI_MODEL", "")
    assert Settings().model is None


@pytest.mark.parametrize(
    "origin", ["*", "a.example", "https://a.example/", "https://a.example/page", "ftp://a.example", "null"]
)
def test_what_is_not_an_origin_is_refused_by_name(origin: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin; write https://host"):
        Settings(cors_origins=(origin,))


def test_a_time_in_which_no_event_can_be_learnt_is_refused() -> None:
    with pytest.raises(ValidationError, match="training_seconds"):
        Settings(training_seconds=14)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1
