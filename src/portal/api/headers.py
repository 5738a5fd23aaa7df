"""What every response says to the browser: no foreign scripts, no framing, who may read it across sites."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# Files keep their names from release to release, so a browser asks each time; unchanged ones answer 304.
_FRESH = {"cache-control": "no-cache"}


def security_headers() -> dict[str, str]:
    """Headers that go with every response."""
    return {
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
    }


class ResponseHeaders:
    """ASGI middleware: security headers on all responses, CORS on what may be read from other sites.

    `/v1` may be used by the `origins` that are set, `/widget` by all, never with credentials. A HEAD is
    answered as a GET would be; the server leaves the body out.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the head of its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra = security_headers() | self._sharing(scope["path"], Headers(scope=scope).get("origin", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(extra)
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-allow-origin" in extra:
            await _allow(extra, send)
            return
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._app({**scope, "method": method}, receive, send_with_headers)

    def _sharing(self, path: str, origin: str) -> dict[str, str]:
        if path.startswith("/widget/"):
            return _FRESH | {
                "access-control-allow-origin": "*",
                "cross-origin-resource-policy": "cross-origin",
            }
        if path.startswith("/static/"):
            return dict(_FRESH)
        if path.startswith("/v1/") and self._origins:
            allowed = {"access-control-allow-origin": origin} if origin in self._origins else {}
            return {"vary": "Origin", "access-control-expose-headers": "ETag"} | allowed
        return {}


async def _allow(extra: dict[str, str], send: Send) -> None:
    """Tell a browser that asks beforehand (a CORS preflight) that it may go on."""
    headers = extra | {
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-allow-headers": "content-type, if-none-match",
        "access-control-max-age": "600",
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
