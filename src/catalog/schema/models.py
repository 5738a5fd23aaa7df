"""Typed validation and JSON Schema of a kind, both made by pydantic from the same fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from catalog.schema import checks
from catalog.schema.fields import FieldSpec, KindSpec
from catalog.vocabularies import Vocabulary

MAX_ENTRIES = 2000
# Beyond this many codes the JSON Schema would be all list; the check itself is made all the same.
_LISTED_CODES = 300


class _Document(BaseModel):
    # Strict: text is never taken for a number, so that what validates here validates by the JSON Schema too.
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def document_model(kind: KindSpec, vocabularies: Mapping[str, Vocabulary]) -> type[BaseModel]:
    """The pydantic model of the documents of `kind`; fields that the system manages are not part of it."""
    open_fields = {name: field for name, field in kind.fields.items() if not field.managed}
    return _model(kind.kind, open_fields, vocabularies)


def _model(
    name: str, fields: Mapping[str, FieldSpec], vocabularies: Mapping[str, Vocabulary]
) -> type[BaseModel]:
    members: dict[str, Any] = {key: _member(key, field, vocabularies) for key, field in fields.items()}
    return create_model(name, __base__=_Document, __validators__=_whole(name, vocabularies), **members)


def _whole(name: str, vocabularies: Mapping[str, Vocabulary]) -> dict[str, Any]:
    """The check of an object of this name that needs more than one of its fields."""
    if name == "identifiers":
        return {"whole": model_validator(mode="after")(checks.identifier)}
    if name == "dates":
        return {"whole": model_validator(mode="after")(checks.reign_date)}
    if name == "places" and "region" in vocabularies:
        return {"whole": model_validator(mode="after")(checks.place_of(vocabularies["region"]))}
    if name == "institution" and "region" in vocabularies:
        return {"whole": model_validator(mode="after")(checks.region_of(vocabularies["region"]))}
    return {}


def _member(name: str, field: FieldSpec, vocabularies: Mapping[str, Vocabulary]) -> tuple[Any, Any]:
    kind = _value_type(name, field, vocabularies)
    if field.many:
        least = 1 if field.required else 0
        kind = Annotated[list[kind], Field(min_length=least, max_length=MAX_ENTRIES)]  # type: ignore[valid-type]
    info = Field(... if field.required else None, title=field.label.en, description=field.label.zh)
    return kind, info


def _value_type(name: str, field: FieldSpec, vocabularies: Mapping[str, Vocabulary]) -> Any:
    if field.type == "object":
        return _model(name, field.fields, vocabularies)
    if field.type == "boolean":
        return bool
    if field.type in ("integer", "number"):
        number: Any = int if field.type == "integer" else float
        return Annotated[number, Field(ge=field.minimum, le=field.maximum)]
    return _text_type(field, vocabularies)


def _text_type(field: FieldSpec, vocabularies: Mapping[str, Vocabulary]) -> Any:
    text: Any = Annotated[str, Field(min_length=1, max_length=field.max_length, pattern=field.pattern)]
    plain: dict[str, Callable[[str], str]] = {
        "edtf": checks.edtf,
        "url": checks.url,
        "datetime": checks.moment,
    }
    if field.type in plain:
        return Annotated[text, AfterValidator(plain[field.type])]
    if field.vocabulary is None:
        return text
    vocabulary = vocabularies[field.vocabulary]
    codes = [term.code for term in vocabulary.terms]
    extra: Any = {"enum": codes} if len(codes) <= _LISTED_CODES else None
    return Annotated[text, AfterValidator(checks.of_vocabulary(vocabulary)), Field(json_schema_extra=extra)]
