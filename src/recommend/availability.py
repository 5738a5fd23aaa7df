"""Whether readers can have a resource: what is out of reach is in no list."""

from __future__ import annotations

from catalog.resources import Resource
from search.documents import NOT_TO_BE_HAD


def is_within_reach(resource: Resource) -> bool:
    """Whether readers can have it now, or wait until another reader brings it back.

    What is lent, reserved or on its way to another house comes back, and readers may be the next to have it; what is in storage is
    brought, and what is for reading rooms or on display is seen there.
    """
    return (resource.data.get("availability") or {}).get("status") not in NOT_TO_BE_HAD
