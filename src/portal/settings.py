"""What an installation can set: one frozen object, read once from the environment (`WENMAI_…`) or given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation. A bad value raises pydantic's ValidationError, which names it."""

    model_config = SettingsConfigDict(
        env_prefix="WENMAI_", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    data: Path = Field(Path("var"), description="directory of the database, the index and the models")
    database_url: str = Field(
        default_factory=lambda given: f"sqlite:///{given['data'] / 'wenmai.db'}",
        description="SQLAlchemy URL of the system of record; SQLite in the data directory by default",
    )
    model: Path | None = Field(
        None,
        description="folder of the text embedding, or folder or name of a model of sentence-transformers (needs the "
        "extra `models`); the one that ships with wenmai by default",
    )
    host: str = Field("127.0.0.1", description="address that `wenmai serve` listens on")
    port: int = Field(
        8000, ge=0, le=65535, description="port that `wenmai serve` listens on; 0 takes a free one"
    )
    language: Literal["zh", "en"] = Field("zh", description="language of pages when a reader has chosen none")
    events_kept_days: int = Field(
        400, ge=1, le=3650, description="events of readers older than so many days become daily counts and go"
    )
    subject_key: SecretStr | None = Field(
        None,
        description="64 hexadecimal digits that readers' names are hashed with, the same for all machines of an "
        "installation; a key of its own in the data directory by default",
    )
    curator_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="whoever has it may pin and exclude recommendations; without one nobody may",
    )
    events_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="only whoever has it may send events of readers, and pages keep no profiles; without one everybody may",
    )
    training_seconds: int = Field(
        60,
        ge=15,
        description="a new event counts in recommendations so many seconds later at the latest, where learning takes less than a fifth of that",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="sites, comma-separated, whose pages may read /v1 from a browser: https://lib.example.org",
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(f"{origin!r} is not an origin; write https://host or https://host:port")
        return origins
