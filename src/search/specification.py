"""What an index generation is built by; its fingerprint names everything that changes what the index holds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.assets import asset
from catalog.errors import WenmaiError
from catalog.schema import Schemas
from catalog.schema import fingerprint as schema_fingerprint
from search.analysis.pinyin import Pinyin
from search.analysis.resemblance import Resemblance
from search.analysis.synonyms import Synonyms
from search.analysis.words import Analyzer
from search.embedding.choice import Embedding, load_embedding
from search.reading.code_words import CodeWords

# Raised when the layout of a generation's files changes.
LAYOUT_VERSION = 15
# Used on what is typed alone: changing them needs no rebuild.
_OF_QUERIES = ("synonyms.tsv", "times.tsv", "former_names.tsv", "class_words.tsv", "kind_words.tsv", "level_words.tsv", "code_words.tsv", "shapes.tsv", "tones.tsv", "stopwords.txt",
    "question_words.txt",
)  # fmt: skip


class VectorShare(BaseModel):
    """How much the vector leg counts beside the keyword leg, by how much of a text's characters its best one has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    unsure: float = Field(ge=0, le=1)
    least: float = Field(ge=0, le=1)
    sure: float = Field(gt=0, le=1)

    def weight(self, coverage: float) -> float:
        """The share of the vector leg beside a keyword leg of this coverage (`Engine.coverage`)."""
        return max(self.least, self.unsure * (1 - coverage / self.sure))


class Ranking(BaseModel):
    """index_config/ranking.yaml: how much each field and the vector leg count. Changing it needs no rebuild."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fields: dict[str, float]
    loose_below: float = Field(ge=0, le=1)
    vector: VectorShare
    exact_title: float
    misquoted: float
    period: float
    time_alone: float
    institution: float
    region: float
    kind: float
    name: float
    maker: float
    maker_alone: float
    whole: float


@dataclass(frozen=True, slots=True)
class Specification:
    """Schema, analysis and embedding together, loaded once a process."""

    schemas: Schemas
    analyzer: Analyzer
    pinyin: Pinyin
    synonyms: Synonyms
    code_words: CodeWords
    resemblance: Resemblance
    embedding: Embedding
    ranking: Ranking
    model: Path
    fingerprint: str


def load_specification(model: Path, schemas: Schemas | None = None) -> Specification:
    """The specification that this installation searches by, with the embedding in the folder, or of the name, `model`."""
    config, schema_directory = asset("index_config"), asset("schemas")
    analyzer = Analyzer(config)
    embedding = load_embedding(model, analyzer)
    pinyin = Pinyin(config)
    parts = [
        str(LAYOUT_VERSION),
        schema_fingerprint(schema_directory),
        _digest(config),
        embedding.fingerprint,
    ]
    schemas = schemas or Schemas.load(schema_directory)

    def words(name: str) -> list[str]:
        return analyzer.words(analyzer.fold(name))

    return Specification(
        schemas=schemas,
        analyzer=analyzer,
        pinyin=pinyin,
        synonyms=Synonyms(config, words),
        code_words=CodeWords.load(config, schemas.vocabulary("language"), words),
        resemblance=Resemblance(config, pinyin),
        embedding=embedding,
        ranking=_read_ranking(config / "ranking.yaml"),
        model=model,
        fingerprint=hashlib.sha256(json.dumps(parts).encode()).hexdigest(),
    )


def _read_ranking(path: Path) -> Ranking:
    try:
        return Ranking.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise WenmaiError(f"{path.name}: {error}") from error


def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.iterdir()):
        if path.suffix in (".tsv", ".txt") and path.name not in _OF_QUERIES:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
