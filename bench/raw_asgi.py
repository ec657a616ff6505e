"""The peer of the verify bench: an ASGI app that answers every request with the same bytes.

uvicorn imports it; SIZE bytes as the page has them.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

BODY = b"x" * int(os.environ.get("SIZE", "20000"))
HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(BODY)).encode())]


async def app(
    scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    print("raw ASGI app: the peer of bench/verify.py, nothing to measure by itself")
