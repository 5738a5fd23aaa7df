"""From a raw record to what may be written: mapped, checked against the schema, with its id in the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from catalog.intake.documents import Mapped
from catalog.intake.records import RawRecord, unreadable
from catalog.resources import checksum
from catalog.schema import Problem, Schemas

_MAX_ID = 500


class Mapper(Protocol):
    """A way from a record's columns to a document of the schema."""

    @property
    def system(self) -> str:
        """Name of the source system that the records' ids belong to."""

    def document(self, fields: Mapping[str, Any]) -> Mapped:
        """The document that a record becomes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record with the document that it becomes, or the problems because of which it becomes none.

    `source` is (source system, id in the source); the system begins with the institution, so that two
    houses may use the same numbers; both are empty where it is not known.
    """

    record: RawRecord
    kind: str = ""
    institution: str = ""
    source: tuple[str, str] = ("", "")
    data: Mapping[str, Any] = field(default_factory=dict)
    checksum: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparer:
    """Turns raw records into candidates; it reads no database, so it works outside any transaction.

    `institutions` are the codes of those there are; `institution` is the one that the file belongs to.
    """

    schemas: Schemas
    mapper: Mapper
    institutions: frozenset[str]
    institution: str | None

    def prepare(self, record: RawRecord) -> Candidate:
        """The candidate that a record makes."""
        if record.problems:
            return Candidate(record, source=self._source_as_far_as_read(record), problems=record.problems)
        mapped = self.mapper.document(record.fields)
        institution = mapped.institution or self.institution or ""
        problems = mapped.problems or self._problems(mapped, institution)
        system = f"{institution}/{self.mapper.system}"
        if problems:
            known = mapped.record_id is not None and len(mapped.record_id) <= _MAX_ID
            source = (system, mapped.record_id or "") if known else ("", "")
            return Candidate(record, source=source, problems=problems)
        digest = checksum(mapped.data)
        source = (system, mapped.record_id or f"sha256:{digest}")
        return Candidate(record, mapped.kind, institution, source, mapped.data, digest)

    def _source_as_far_as_read(self, record: RawRecord) -> tuple[str, str]:
        """Of a record that cannot be read as a whole its source, so that whoever destroys the resource finds it."""
        mapped = self.mapper.document(record.fields) if record.fields else None
        if mapped is None or not mapped.record_id or len(mapped.record_id) > _MAX_ID:
            return "", ""
        return f"{mapped.institution or self.institution or ''}/{self.mapper.system}", mapped.record_id

    def _problems(self, mapped: Mapped, institution: str) -> tuple[Problem, ...]:
        problems = self.schemas.validate(mapped.kind, mapped.data)
        if institution not in self.institutions:
            hint = "add it with `wenmai institution add`, or name another with --institution"
            en = (
                f"there is no institution with the code {institution!r}"
                if institution
                else "names no institution"
            )
            problems.append(Problem("institution", "没有这个机构代码", en, hint))
        elif self.institution and institution != self.institution:
            en = f"the record belongs to {institution!r}, the file is taken in for {self.institution!r}"
            problems.append(Problem("institution", "记录属于另一机构", en))
        if len(mapped.record_id or "") > _MAX_ID:
            problems.append(
                unreadable("来源记录号过长", f"is longer than {_MAX_ID} characters", field="record_id")
            )
        return tuple(problems)
