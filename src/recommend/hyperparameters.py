"""What recommendation is learnt and mixed by: index_config/recommendation.yaml, typed."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.assets import asset
from catalog.errors import WenmaiError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class HeavyParameters(_Part):
    """Who counts less in pairs: who used more than this share of all resources that were used, and more than `least`."""

    share: float = Field(gt=0, le=1)
    least: int = Field(ge=1)


class CoUseParameters(_Part):
    """How the table of co-use is learnt."""

    least_subjects: int = Field(ge=1)
    above_chance: float = Field(ge=0)
    most_of_one_subject: int = Field(ge=1)
    heavy: HeavyParameters
    neighbours: int = Field(ge=1, le=10_000)
    regularisation: float = Field(gt=0)
    source_exponent: float = Field(ge=0, le=1)
    width: int = Field(ge=1, le=1000)
    fill_up_to: int = Field(ge=0, le=1000)
    fill_weight: float = Field(ge=0)


class NewItemParameters(_Part):
    """How resources without events inherit."""

    neighbours: int = Field(ge=1, le=1000)
    exponent: float = Field(ge=0)
    width: int = Field(ge=1, le=1000)
    likeness_weights: tuple[float, ...] = Field(min_length=1, max_length=20, strict=False)


class PopularityShare(_Part):
    """How much popularity counts beside n events: weight / (n to the power `falls` + offset)."""

    weight: float = Field(ge=0)
    falls: float = Field(1.0, ge=0)
    offset: float = Field(gt=0)


class PopularityDivision(_Part):
    """The power of popularity that scores are divided by with n events: exponent * n / (n + settled)."""

    exponent: float = Field(ge=0)
    settled: float = Field(gt=0)


class BlendParameters(_Part):
    """How the sources are mixed, by the number n of a reader's known events."""

    settled: float = Field(ge=0)
    popularity: PopularityShare
    division: PopularityDivision

    def without_popularity(self) -> BlendParameters:
        """The same, but nothing gets more for being popular."""
        return self.model_copy(update={"popularity": PopularityShare(weight=0, offset=1)})

    def regression_share(self, events: int) -> float:
        """The share of the regression; item kNN has the rest."""
        return events / (events + self.settled) if events else 0.0

    def popularity_share(self, events: int) -> float:
        """How much popularity, 1 for the most popular, counts beside the two, 1 for the best."""
        fallen: float = float(events) ** self.popularity.falls
        return self.popularity.weight / (fallen + self.popularity.offset)

    def popularity_exponent(self, events: int) -> float:
        """The power of popularity that divides a score."""
        return self.division.exponent * events / (events + self.division.settled)


class NearParameters(_Part):
    """What is given on top for what the asking institution, or one of its province, has."""

    institution: float = Field(ge=0)
    region: float = Field(ge=0)


class CandidateParameters(_Part):
    """From where candidates come and how much each source counts."""

    each: int = Field(ge=1, le=1000)
    few_readers: float = Field(ge=0)
    content: float = Field(ge=0)
    declared: float = Field(ge=0)
    title: float = Field(ge=0)
    maker: float = Field(ge=0)
    new: float = Field(ge=0)
    popular: float = Field(ge=0)
    near: NearParameters
    liked: float = Field(ge=0)
    shown: int = Field(ge=1)


class DiversityParameters(_Part):
    """What makes a list diverse; `kind`, `institution` and `creator` are shares of a score."""

    kind: float = Field(ge=0, le=1)
    institution: float = Field(ge=0, le=1)
    creator: float = Field(ge=0, le=1)
    other_kind_every: int = Field(ge=2)
    other_kind_from: float = Field(ge=0, le=1)
    new_every: int = Field(ge=2)
    near_every: int = Field(ge=2)
    seldom_every: int = Field(ge=2)
    seldom_below: float = Field(ge=0, le=1)


class PopularityParameters(_Part):
    """How popularity ages."""

    half_life_days: float = Field(gt=0, le=36_500)


class Hyperparameters(_Part):
    """All of them."""

    co_use: CoUseParameters
    new_items: NewItemParameters
    blend: BlendParameters
    candidates: CandidateParameters
    diversity: DiversityParameters
    popularity: PopularityParameters


def load_hyperparameters(path: Path | None = None) -> Hyperparameters:
    """The hyperparameters in `path`, those that ship by default. Raises WenmaiError, naming the value."""
    path = path or asset("index_config") / "recommendation.yaml"
    try:
        return Hyperparameters.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise WenmaiError(f"{path.name}: {error}") from error


def variants(whole: Hyperparameters) -> dict[str, Hyperparameters]:
    """By its name each ingredient, and the hyperparameters that leave it out."""
    blend, co_use = whole.blend, whole.co_use
    none, undivided = PopularityShare(weight=0, offset=1), PopularityDivision(exponent=0, settled=1)
    blends = {
        "regression": blend.model_copy(update={"settled": float("inf")}),
        "together": blend.model_copy(update={"settled": 0.0}),
        "popularity": blend.model_copy(update={"popularity": none}),
        "division": blend.model_copy(update={"division": undivided}),
    }
    uses = {
        "fill": co_use.model_copy(update={"fill_weight": 0.0}),
        "least_subjects": co_use.model_copy(update={"least_subjects": 1}),
        "above_chance": co_use.model_copy(update={"above_chance": 0.0}),
    }
    return {name: whole.model_copy(update={"blend": other}) for name, other in blends.items()} | {
        name: whole.model_copy(update={"co_use": other}) for name, other in uses.items()
    }
