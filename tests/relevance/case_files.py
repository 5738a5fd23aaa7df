"""A case: what is asked, and what a sensible reader demands of the answer. Read from `cases/*.yaml`, a group each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from search.query import FACETS, Filters, Mode

FOLDER = Path(__file__).parent / "cases"
_YEARS = ("year_from", "year_to")

# A record is named by its title, by "title / creator", or by its number in the file that it was imported from.
Name = Annotated[str, Field(min_length=1)]
CatalogueName = Literal["sample", "heritage"]


class CaseError(ValueError):
    """A file of cases does not follow the form; the text names file, case and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Likeness(_Strict):
    """What a result must be like, in each part that is given."""

    title: str | None = Field(None, description="characters that its title has")
    text: str | None = Field(None, description="characters that stand somewhere in its record")
    creator: str | None = Field(None, description="characters of the name of one of its creators")
    kind: str | None = None
    years: tuple[int, int] | None = Field(None, description="one of its dates touches these years")


class Case(_Strict):
    """One question to a catalogue and what its answer must be."""

    query: str = Field(min_length=1)
    ask: Literal["search", "suggest"] = "search"
    catalogue: CatalogueName = "sample"
    filters: dict[str, str | int] = {}
    mode: Mode = Mode.HYBRID
    first: int = Field(3, ge=1, le=50, description="how many of the results the demands are about")
    expect: list[Name] = Field([], description="all of these are among the first")
    expect_any: list[Name] = Field([], description="one of these is among the first")
    never: list[Name] = Field([], description="none of these is among the first")
    every: Likeness | None = Field(None, description="each of the first is like this")
    some: Likeness | None = Field(None, description="at least one of the first is like this")
    same_as: str | None = Field(None, description="the first results are those of this other query")
    tier: str | None = None
    total_at_most: int | None = Field(None, ge=0)
    total_at_least: int | None = Field(None, ge=1)
    says: list[str] = Field([], description="keys that `interpreted_as` has: the answer says how it was read")
    why: str = Field(min_length=4)
    known_failure: bool = False

    @model_validator(mode="after")
    def _demands_something(self) -> Case:
        demands = (
            self.expect, self.expect_any, self.never, self.every, self.some, self.same_as, self.tier, self.says,
            self.total_at_most is not None, self.total_at_least,
        )  # fmt: skip
        if not any(demands):
            raise ValueError("it demands nothing")
        if self.ask == "suggest" and (any(demands[5:]) or self.filters):
            raise ValueError("of suggestions only titles can be demanded")
        if unknown := self.filters.keys() - {*FACETS, *_YEARS}:
            raise ValueError(f"there is no filter {', '.join(sorted(unknown))}")
        return self

    def names(self) -> list[str]:
        """Every record that it names."""
        return [*self.expect, *self.expect_any, *self.never]

    def narrowed(self) -> Filters:
        """The filters as a query takes them."""
        years = {name: self.filters[name] for name in _YEARS if name in self.filters}
        values = {name: (str(value),) for name, value in self.filters.items() if name in FACETS}
        return Filters(values, **{name: int(year) for name, year in years.items()})


@dataclass(frozen=True, slots=True)
class Placed:
    """A case and where it stands: the group and its number in the file, from 1."""

    group: str
    number: int
    case: Case

    @property
    def id(self) -> str:
        """Its name as a test."""
        return f"{self.group}/{self.number}/{self.case.query}"


def load(catalogue: CatalogueName | None = None, folder: Path = FOLDER) -> list[Placed]:
    """The cases for a catalogue, or all. Raises CaseError."""
    placed = [one for file in sorted(folder.glob("*.yaml")) for one in _read(file)]
    return [one for one in placed if catalogue in (None, one.case.catalogue)]


def _read(file: Path) -> Iterator[Placed]:
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CaseError(f"{file.name} is not YAML: {error}") from error
    if not isinstance(entries, list):
        raise CaseError(f"{file.name} must be a list of cases")
    seen: dict[tuple[object, ...], int] = {}
    for number, entry in enumerate(entries, 1):
        try:
            case = Case.model_validate(entry)
        except ValidationError as error:
            raise CaseError(_explained(file, number, entry, error)) from error
        asked = (case.query, case.ask, case.catalogue, case.mode, *sorted(case.filters.items()))
        if asked in seen:
            raise CaseError(f"{file.name}, case {number} ({case.query}) asks the same as case {seen[asked]}")
        seen[asked] = number
        yield Placed(file.stem, number, case)


def _explained(file: Path, number: int, entry: object, error: ValidationError) -> str:
    query = entry.get("query") if isinstance(entry, dict) else entry
    problems = (
        f"  {'.'.join(map(str, problem['loc'])) or 'the case'}: {problem['msg']}"
        for problem in error.errors()
    )
    return "\n".join((f"{file.name}, case {number} ({query}):", *problems))
