"""The tables of the system of record. Times are UTC; documents are JSON text as the schema defines them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy import TypeDecorator as _TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by itself only where the key is exactly INTEGER.
_Number = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(_TypeDecorator[datetime]):
    """A time zone aware UTC time; SQLite stores it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Put the zone back on, where the driver does not: in one step, for a page of results has dozens of times."""
        return _of_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _of_sqlite(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{stored}+00:00") if stored is not None else None


class Base(DeclarativeBase):
    """Declares the naming of constraints, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: JSON}


class InstitutionRow(Base):
    """One institution of the tree (总分馆)."""

    __tablename__ = "institution"
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class ResourceRow(Base):
    """The current state of one resource. `number` is its integer name inside the search engines."""

    __tablename__ = "resource"
    __table_args__ = (Index("uq_resource_source", "source_system", "source_record", unique=True),)
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    institution: Mapped[str] = mapped_column(ForeignKey("institution.code"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    revision: Mapped[int]
    data: Mapped[dict[str, Any]]
    checksum: Mapped[str] = mapped_column(String(64))
    source_system: Mapped[str | None] = mapped_column(String(200))
    source_record: Mapped[str | None] = mapped_column(String(500))
    source_format: Mapped[str | None] = mapped_column(String(32))
    batch: Mapped[str | None] = mapped_column(String(26), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    review_due: Mapped[datetime | None]


class RevisionRow(Base):
    """What a resource was at one revision: who changed it, when, and why."""

    __tablename__ = "revision"
    resource: Mapped[int] = mapped_column(ForeignKey("resource.number"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[datetime]


class ChangeRow(Base):
    """One entry of the change feed, written in the transaction that made the change."""

    __tablename__ = "change"
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    resource: Mapped[int] = mapped_column(ForeignKey("resource.number"))
    revision: Mapped[int]
    at: Mapped[datetime]


class AuditRow(Base):
    """Who did what to which resource; it outlives the resource's content."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(32))
    resource: Mapped[int | None] = mapped_column(ForeignKey("resource.number"), index=True)
    detail: Mapped[str | None] = mapped_column(String(1000))


class BatchRow(Base):
    """One file that is being, or was, taken in. It resumes after its `position`th record."""

    __tablename__ = "import_batch"
    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    file: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(_Number)
    format: Mapped[str] = mapped_column(String(32))
    options: Mapped[dict[str, Any]]
    position: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RawRecordRow(Base):
    """A record exactly as it came, with what became of it; kept for rejected records too.

    `revision` is the revision of `resource` that it made, None if it made none. The source is kept where no resource
    is known yet: whoever destroys the resource that a later file makes of it must find this record too.
    """

    __tablename__ = "raw_record"
    __table_args__ = (
        Index(
            "ix_raw_record_source_record",
            "source_record",
            sqlite_where=text("source_record IS NOT NULL"),
            postgresql_where=text("source_record IS NOT NULL"),
        ),
    )
    batch: Mapped[str] = mapped_column(ForeignKey("import_batch.id"), primary_key=True)
    record: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int | None] = mapped_column(_Number)
    outcome: Mapped[str] = mapped_column(String(16))
    resource: Mapped[int | None] = mapped_column(_Number, index=True)
    revision: Mapped[int | None]
    source_system: Mapped[str | None] = mapped_column(String(200))
    source_record: Mapped[str | None] = mapped_column(String(500))
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class ComplaintRow(Base):
    """One exact complaint about one field of one record of a batch, or about the file (`record` None)."""

    __tablename__ = "complaint"
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    batch: Mapped[str] = mapped_column(ForeignKey("import_batch.id"), index=True)
    record: Mapped[int | None]
    offset: Mapped[int | None] = mapped_column(_Number)
    field: Mapped[str | None] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    hint: Mapped[str | None] = mapped_column(Text)


class GenerationRow(Base):
    """One index generation and the number of the last change that is durably in it."""

    __tablename__ = "generation"
    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(_Number)
    documents: Mapped[int]
    seconds: Mapped[float]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class LeaseRow(Base):
    """Who may do a piece of work that only one process may do at a time, and until when."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    holder: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime]


class SubjectRow(Base):
    """A reader by pseudonym: a keyed hash of the name that an app gave. What was chosen and kept, never who it is.

    Events up to `erased_at` were deleted, and are refused if they are sent again, those of a few minutes later with them. What
    was learnt before `forgotten_at` may know events that were deleted.
    """

    __tablename__ = "subject"
    __table_args__ = (
        Index(
            "ix_subject_forgotten_at", "forgotten_at",
            sqlite_where=text("forgotten_at IS NOT NULL"), postgresql_where=text("forgotten_at IS NOT NULL"),
        ),
    )  # fmt: skip
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    pseudonym: Mapped[str] = mapped_column(String(64), unique=True)
    personalised: Mapped[bool]
    minor: Mapped[bool]
    labels: Mapped[dict[str, Any]]
    consented_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class EventRow(Base):
    """Something that a reader did with a resource; `id` is the sender's, so that sending twice counts once.

    Without a `subject` it is nobody's: of a visit nothing is kept that says whose it was.
    `request` joins what was shown with what became of it; `strategy` and `reason` say how it came to be recommended.
    """

    __tablename__ = "event"
    __table_args__ = (
        # What one reader did, by type: who is shown much must not be read through for what was used.
        Index(
            "ix_event_subject_type_at", "subject", "type", "at", "resource",
            sqlite_where=text("subject IS NOT NULL"), postgresql_where=text("subject IS NOT NULL"),
        ),
        # Whether what was shown was opened: beside what is shown that is little.
        Index(
            "ix_event_opened", "request", "resource", "at",
            sqlite_where=text("type = 'opened'"), postgresql_where=text("type = 'opened'"),
        ),
    )  # fmt: skip
    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(16))
    resource: Mapped[int] = mapped_column(ForeignKey("resource.number"))
    subject: Mapped[int | None] = mapped_column(ForeignKey("subject.number"))
    request: Mapped[str | None] = mapped_column(String(26))
    strategy: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    value: Mapped[float | None]
    at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime]


class DailyUseRow(Base):
    """How often a resource was used on a day by those whose events are not kept any more."""

    __tablename__ = "daily_use"
    resource: Mapped[int] = mapped_column(ForeignKey("resource.number"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    type: Mapped[str] = mapped_column(String(16), primary_key=True)
    events: Mapped[int]
    subjects: Mapped[int]


class CurationRow(Base):
    """A curator's choice for what is recommended in the name of an institution: pin a resource, or leave it out."""

    __tablename__ = "curation"
    institution: Mapped[str] = mapped_column(ForeignKey("institution.code"), primary_key=True)
    resource: Mapped[int] = mapped_column(ForeignKey("resource.number"), primary_key=True)
    action: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[datetime]


class TrainingRow(Base):
    """One version of what recommendation learnt, and of how many events."""

    __tablename__ = "training"
    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    events: Mapped[int] = mapped_column(_Number)
    subjects: Mapped[int] = mapped_column(_Number)
    resources: Mapped[int]
    position: Mapped[int] = mapped_column(_Number)
    seconds: Mapped[float]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
