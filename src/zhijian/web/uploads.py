"""Bodies that hold a file: read within a limit of bytes and of time, kept in memory, and never on a disk."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from zhijian.web.inspect_refusal import NotInspected

ROOM_FOR_FORM = 64 << 10
"""What a form adds to its file: boundaries and the names of its parts."""
READ_ON = 3
"""A body too large is read on up to so many times the limit, and dropped: a browser shows no answer before all is sent."""


class Turns:
    """At most `most` uploads at once, and `each` of one client: what is read lies in memory, and one who sends slowly must
    not keep everybody else out. Belongs to one event loop."""

    def __init__(self, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._clients: Counter[str] = Counter()

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """Raises: NotInspected `documents-busy`."""
        if self._clients.total() >= self._most or self._clients[client] >= self._each:
            raise NotInspected.of("documents-busy")
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            self._clients += Counter()  # forgets those who have none


class _InMemory(MultiPartParser):
    """Starlette writes parts over a megabyte to a temporary file; these are promised not to be kept."""

    spool_max_size = 1 << 40


async def body_of(request: Request, most: int, seconds: float) -> bytes:
    """The whole body as the file.

    Raises: NotInspected `file-too-large`, `too-slow`, `cut-off`.
    """
    body = bytearray()
    async with _in_time(seconds):
        async for piece in limited(request, most):
            body += piece
    return bytes(body)


async def file_of(request: Request, field: str, most: int, seconds: float) -> bytes:
    """The file in `field` of a form.

    Raises: NotInspected `file-too-large`, `file-missing`, `form-malformed`, `too-slow`, `cut-off`.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NotInspected.of("form-malformed")
    parser = _InMemory(request.headers, limited(request, most + ROOM_FOR_FORM), max_files=1, max_fields=4,
                       max_part_size=4096)  # fmt: skip
    try:
        async with _in_time(seconds):
            form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as why:
        raise NotInspected.of("form-malformed") from why
    given = form.get(field)
    content = await given.read() if isinstance(given, UploadFile) else b""
    await form.close()
    if not content:
        raise NotInspected.of("file-missing")
    if len(content) > most:
        raise NotInspected.of("file-too-large")
    return content


async def limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body's pieces while they are within the limit. Raises: NotInspected `file-too-large`, `cut-off`."""
    read = 0
    try:
        async for piece in request.stream():
            read += len(piece)
            if read <= most:
                yield piece
            elif read > READ_ON * most:
                break
    except ClientDisconnect as why:
        raise NotInspected.of("cut-off") from why
    if read > most:
        raise NotInspected.of("file-too-large")


class _in_time:
    """Raises NotInspected `too-slow` when the body takes longer."""

    def __init__(self, seconds: float) -> None:
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        try:
            await self._timeout.__aexit__(*raised)  # type: ignore[arg-type]
        except TimeoutError as why:
            raise NotInspected.of("too-slow") from why
