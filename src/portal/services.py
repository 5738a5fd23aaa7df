"""The wiring: one function turns settings into the services that the API, the command line and the worker share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog.assets import asset
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.schema import Schemas
from portal.settings import Settings
from recommend.candidates.popular import TrendWatch
from recommend.events.event_log import EventLog
from recommend.events.outcomes import OutcomeWatch
from recommend.events.pseudonyms import Pseudonyms, load_key, read_key
from recommend.hyperparameters import Hyperparameters, load_hyperparameters
from recommend.learning.versions import Versions
from recommend.service import RecommendationService
from search.generations import Generations
from search.indexing import Indexer
from search.service import SearchService
from search.specification import Specification, load_specification

DEFAULT_MODEL = "wenmai-static-256"
_OUTCOMES_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a process works with; nothing of it changes while the process runs."""

    settings: Settings
    database: Database
    schemas: Schemas
    generations: Generations
    specification: Specification
    indexer: Indexer
    search: SearchService
    pseudonyms: Pseudonyms
    events: EventLog
    versions: Versions
    recommendation: RecommendationService
    outcomes: OutcomeWatch
    hyperparameters: Hyperparameters

    def close(self) -> None:
        """Give back what is held open; events that wait are written first."""
        self.events.close()
        self.database.close()


def open_database(settings: Settings) -> Database:
    """The database of a data directory that was initialised. Raises Unavailable when it was not."""
    database = Database(settings.database_url)
    if database.is_sqlite and not Path(database.engine.url.database or "").is_file():
        raise Unavailable(f"{settings.data} is not a wenmai data directory yet: run `wenmai init` first")
    return database


def open_services(settings: Settings) -> Services:
    """All services of a data directory. Raises Unavailable when it was not initialised, or for another version."""
    database = open_database(settings)
    _check_tables(database)
    schemas = Schemas.load(asset("schemas"))
    specification = load_specification(settings.model or asset("models") / DEFAULT_MODEL, schemas)
    return wire(settings, database, specification)


def _check_tables(database: Database) -> None:
    newest = ScriptDirectory(str(asset("migrations"))).get_current_head()
    with database.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision != newest:
        raise Unavailable(
            f"the tables of {database.engine.url} are not those of this version of Wenmai: run `wenmai init`, which brings older "
            "ones up to date"
        )


def wire(settings: Settings, database: Database, specification: Specification) -> Services:
    """All services over an open database, with what texts are searched by."""
    generations = Generations(settings.data / "index")
    pseudonyms, versions = Pseudonyms(_subject_key(settings)), Versions(settings.data / "recommendation")
    hyperparameters = load_hyperparameters()
    watch = TrendWatch(
        database, hyperparameters.popularity.half_life_days, hyperparameters.co_use.least_subjects
    )
    search = SearchService(database, generations, specification, watch.used)
    return Services(
        settings=settings,
        database=database,
        schemas=specification.schemas,
        generations=generations,
        specification=specification,
        indexer=Indexer(database, generations, specification),
        search=search,
        pseudonyms=pseudonyms,
        events=EventLog(database, pseudonyms),
        versions=versions,
        recommendation=RecommendationService(
            database, search, versions, hyperparameters, pseudonyms, watch, tuple(specification.schemas.kinds)
        ),
        outcomes=OutcomeWatch(database, _OUTCOMES_WITHIN),
        hyperparameters=hyperparameters,
    )


def _subject_key(settings: Settings) -> bytes:
    if settings.subject_key is None:
        return load_key(settings.data / "subjects.key")
    return read_key(settings.subject_key.get_secret_value(), "WENMAI_SUBJECT_KEY")
