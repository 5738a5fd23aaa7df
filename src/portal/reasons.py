"""Reasons in words, and lists of recommendations as JSON."""

from __future__ import annotations

from typing import Any

from portal.answers import item_answers
from portal.brief import label
from portal.languages import Language
from portal.services import Services
from recommend.reasons import Reason, ReasonType
from recommend.request import Recommendations, Recommended
from search.query import VOCABULARIES
from search.results import Item

_TEXTS: dict[ReasonType, tuple[str, str]] = {
    ReasonType.VIEWED: ("因为您看过“{title}”", "Because you viewed “{title}”"),
    ReasonType.BORROWED: ("因为您借过“{title}”", "Because you borrowed “{title}”"),
    ReasonType.SAVED: ("因为您收藏过“{title}”", "Because you saved “{title}”"),
    ReasonType.RATED: ("因为您评价过“{title}”", "Because you rated “{title}”"),
    ReasonType.TOGETHER: ("看过“{title}”的读者也看", "Also used by readers of “{title}”"),
    ReasonType.SAME_TITLE: ("与“{title}”同名", "Of the same title as “{title}”"),
    ReasonType.SAME_CREATOR: ("与“{title}”同出{place}之手", "By {place}, as is “{title}”"),
    ReasonType.SAME_COLLECTION: ("与“{title}”同属一个专题", "In the same collection as “{title}”"),
    ReasonType.SAME_PERIOD: ("与“{title}”属于同一时代", "From the same period as “{title}”"),
    ReasonType.SAME_PLACE: ("与“{title}”同在{place}", "In {place}, as is “{title}”"),
    ReasonType.SAME_SUBJECT: ("与“{title}”同属主题“{place}”", "On the same subject as “{title}”: {place}"),
    ReasonType.ABOUT: ("与“{title}”都和{place}有关", "Concerns {place}, as does “{title}”"),
    ReasonType.SIMILAR: ("与“{title}”内容相近", "Similar to “{title}”"),
    ReasonType.LIKED: ("因为您关注“{place}”", "Because you like “{place}”"),
    ReasonType.NEW: ("新近收入目录", "Newly in the catalogue"),
    ReasonType.POPULAR: ("{place}的馆藏中受欢迎", "Popular among what {place} has"),
    ReasonType.CHOSEN: ("馆员推荐", "Chosen by the librarians"),
    ReasonType.IN_CATALOGUE: ("馆藏资源", "From the catalogue"),
}
_IN_A_REGION: dict[ReasonType, tuple[str, str]] = {
    ReasonType.POPULAR: ("{place}各馆藏中受欢迎", "Popular among what institutions in {place} have"),
}
_OF_A_TYPE: dict[ReasonType, tuple[str, str]] = {
    ReasonType.POPULAR: ("各{place}藏品中受欢迎", "Popular among what places of this type ({place}) have"),
}
_HELD_IN_A_REGION: dict[ReasonType, tuple[str, str]] = {
    ReasonType.LIKED: ("馆藏地或制作地在您关注的“{place}”", "Held or made in “{place}”, which you like"),
}
# Where it is not an institution or a province that something is popular in.
_EVERYWHERE: dict[ReasonType, tuple[str, str]] = {
    ReasonType.POPULAR: ("近来受欢迎", "Popular of late"),
}


_WITHIN_QUOTES = str.maketrans("“”", "‘’")
_GROUPS = {"type": "institution_type", "held_in": "region"} | VOCABULARIES


def reason_text(reason: Reason, services: Services, language: Language) -> str:
    """The reason in a short sentence."""
    of_groups = {
        "institution": _TEXTS, "region": _IN_A_REGION, "type": _OF_A_TYPE, "held_in": _HELD_IN_A_REGION,
    }  # fmt: skip
    texts = of_groups.get(reason.group[0], _EVERYWHERE)
    template = texts.get(reason.type, _TEXTS[reason.type])[language == "en"]
    title = reason.because.title if reason.because is not None else ""
    # The reason quotes it.
    title = title.translate(_WITHIN_QUOTES)
    return template.format(title=title, place=_place(reason.group, services, language))


def recommendations_answer(found: Recommendations, services: Services, language: Language) -> dict[str, Any]:
    """A list as JSON."""
    return {
        "request_id": found.request_id,
        "model_version": found.model_version,
        "strategy": found.strategy,
        "items": recommended_answers(found.items, services, language),
    }


def recommended_answers(
    found: list[Recommended], services: Services, language: Language
) -> list[dict[str, Any]]:
    """The entries of a list as JSON, each with its reason."""
    items = item_answers([Item(one.resource, one.score) for one in found], services.schemas, language)
    return [
        item
        | {
            "institution_name": _place(("institution", one.resource.institution), services, language),
            "reason": _reason(one.reason, services, language),
        }
        for item, one in zip(items, found, strict=True)
    ]


def _reason(reason: Reason, services: Services, language: Language) -> dict[str, Any]:
    answer: dict[str, Any] = {"type": reason.type.value, "text": reason_text(reason, services, language)}
    if reason.because is not None:
        answer["because"] = {"id": reason.because.id, "title": reason.because.title}
    return answer


def _place(group: tuple[str, str], services: Services, language: Language) -> str:
    """Name of an institution, a province, another place, a type of institutions, a label or a subject; its code where it has none."""
    kind, code = group
    if kind == "institution":
        names = services.search.institution_names(code)
        if names:
            return names[1] if language == "en" else names[0]
    if kind == "all":
        return ""
    if kind in ("place", "subject", "creator"):
        return code.translate(_WITHIN_QUOTES)
    return label(
        services.schemas, _GROUPS.get(kind, kind), code.ljust(6, "0") if kind == "region" else code, language
    )
