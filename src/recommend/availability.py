"""Whether readers can have a resource: what is out of reach is in no list."""

from __future__ import annotations

from catalog.resources import Resource

# Not there yet, not to be had for now, or gone. What is lent, reserved or on its way to another house comes back, and readers
# may be the next to have it; what is in storage is brought, and what is for reading rooms or on display is seen there.
_OUT_OF_REACH = frozenset(
    (
        "on_order",
        "processing",
        "under_restoration",
        "repair",
        "temporarily_closed",
        "missing",
        "withdrawn",
        "unavailable",
    )
)


def is_within_reach(resource: Resource) -> bool:
    """Whether readers can have it now, or wait until another reader brings it back."""
    return (resource.data.get("availability") or {}).get("status") not in _OUT_OF_REACH
