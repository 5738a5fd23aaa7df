"""Institutions: the tree of libraries, museums and other houses that put resources into the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.clock import now
from catalog.errors import Conflict, NotFound
from catalog.tables import InstitutionRow


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution; `data` follows schemas/institution.yaml."""

    number: int
    code: str
    name: str
    parent: str | None
    data: Mapping[str, Any]

    @property
    def region(self) -> str | None:
        """Its county, city or province by GB/T 2260 (first six digits of a longer code)."""
        region = self.data.get("region")
        return str(region)[:6] if region else None


def put(session: Session, data: Mapping[str, Any], *, replace: bool = True) -> Institution:
    """Make or update the institution of `data["code"]` from a validated document.

    Raises NotFound for an unknown parent, Conflict for one that is a branch of this institution, and, unless it is to
    `replace` one, for a code that an institution with other data has.
    """
    _check_parent(session, data["code"], data.get("parent"))
    row = session.scalar(select(InstitutionRow).where(InstitutionRow.code == data["code"]))
    if row is not None and not replace and row.data != dict(data):
        raise Conflict(
            f"{data['code']!r} is the code of {row.name} already: choose another one", field="code"
        )
    if row is None:
        row = InstitutionRow(code=data["code"], created_at=now())
        session.add(row)
    row.name, row.parent, row.data = data["name"], data.get("parent"), dict(data)
    session.flush()
    return _institution(row)


def get(session: Session, code: str) -> Institution:
    """The institution of this code. Raises NotFound, saying how to make it."""
    row = session.scalar(select(InstitutionRow).where(InstitutionRow.code == code))
    if row is None:
        raise NotFound(
            f"there is no institution with the code {code!r}; add it with `wenmai institution add`",
            field="institution",
        )
    return _institution(row)


def unknown(session: Session, codes: Sequence[str]) -> list[str]:
    """Those of the codes that no institution has."""
    # PostgreSQL refuses to be asked for a text with NUL.
    possible = [code for code in codes if "\0" not in code]
    known = set(session.scalars(select(InstitutionRow.code).where(InstitutionRow.code.in_(possible))))
    return [code for code in codes if code not in known]


def all_institutions(session: Session) -> list[Institution]:
    """Every institution, in order of number."""
    return [
        _institution(row) for row in session.scalars(select(InstitutionRow).order_by(InstitutionRow.number))
    ]


def of_codes(session: Session, codes: Collection[str]) -> dict[str, Institution]:
    """The institutions of these codes, by code; unknown ones are missing."""
    rows = session.scalars(select(InstitutionRow).where(InstitutionRow.code.in_(codes)))
    return {row.code: _institution(row) for row in rows}


def names(session: Session) -> dict[str, tuple[str, ...]]:
    """Code to name in Chinese, in English (the Chinese one where there is none), and other names, in order of number."""
    every = select(InstitutionRow.code, InstitutionRow.name, InstitutionRow.data)
    rows = session.execute(every.order_by(InstitutionRow.number))
    return {
        code: (name, str(data.get("name_en") or name), *map(str, data.get("aliases") or ()))
        for code, name, data in rows
    }


def _check_parent(session: Session, code: str, parent: str | None) -> None:
    above = parent
    while above is not None:
        if above == code:
            raise Conflict(
                f"{parent!r} cannot be the parent of {code!r}: it is the same or below it", field="parent"
            )
        above = get(session, above).parent


def _institution(row: InstitutionRow) -> Institution:
    return Institution(row.number, row.code, row.name, row.parent, row.data)
