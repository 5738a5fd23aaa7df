"""What needs a key: curating, for which there must be one, and speaking for readers, where one is set."""

from __future__ import annotations

import base64
import hmac

from fastapi import Request
from pydantic import SecretStr

from catalog.errors import WenmaiError
from portal.services import Services

SCHEMES = "Basic and Bearer"


class NotAllowed(WenmaiError):
    """The request needs the curator key."""

    status = 401
    title = "Not allowed"


class Forbidden(WenmaiError):
    """Nobody may do this here, or not from there."""

    status = 403
    title = "Forbidden"


def check_curator(request: Request, services: Services) -> str:
    """The name of the curator, for the audit. Raises NotAllowed without the key, Forbidden where none is set.

    The key is a bearer token, or the password of HTTP Basic, whose user is the name (RFC 6750, RFC 7617).
    """
    if services.settings.curator_key is None:
        raise Forbidden("nobody may curate here: set WENMAI_CURATOR_KEY")
    name, key = _credentials(request.headers.get("authorization", ""))
    if not _is(key, services.settings.curator_key):
        raise NotAllowed("this needs the curator key: send it as a bearer token, or as the password")
    return name or "curator"


def speaks_for_readers(request: Request, services: Services) -> bool:
    """Whether events of readers are taken from this sender: from all, or from those alone that have the events key.

    Raises NotAllowed for a wrong key.
    """
    if services.settings.events_key is None:
        return True
    _, key = _credentials(request.headers.get("authorization", ""))
    if key and not _is(key, services.settings.events_key):
        raise NotAllowed("this is not the events key: send that as a bearer token, or none")
    return bool(key)


def _is(given: str, key: SecretStr) -> bool:
    return hmac.compare_digest(given.encode(), key.get_secret_value().encode())


def check_origin(request: Request) -> None:
    """Raises Forbidden for a form that another site sent: browsers send the password along with it.

    Of what browsers say themselves over TLS no web server in front takes anything away; elsewhere it must keep `Host`.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "").split("://", 1)[-1]
    own = site == "same-origin" if site else bool(origin) and origin == request.headers.get("host")
    if not own:
        raise Forbidden("a form must be sent from the console's own page")


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, key = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    # PostgreSQL takes no text with NUL.
    return name.replace("\0", "")[:100], key
