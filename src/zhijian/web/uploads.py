"""Bodies that hold files: read within a limit of bytes and of time, kept in memory, and never on a disk.

What goes wrong is an `UploadRefused`; each door has its own words for it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

ROOM_FOR_FORM = 64 << 10
"""What a form adds to its files: boundaries and the names of its parts."""
READ_ON = 3
"""A body too large is read on up to so many times the limit, and dropped: a browser shows no answer before all is sent."""


class UploadRefused(Exception):
    """`why`: busy, file-too-large, file-missing, form-malformed, too-slow, cut-off."""

    def __init__(self, why: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.fields: Mapping[str, str] = fields or {}
        """What of the form had come by then, so that it can be shown again."""


@dataclass(frozen=True, slots=True)
class FormLimits:
    body_bytes: int
    """Of all files together."""
    files: int
    fields: int
    field_bytes: int


@dataclass(frozen=True, slots=True)
class Form:
    fields: Mapping[str, str]
    files: Mapping[str, tuple[bytes, ...]]
    """By field; those without a byte are left out, as of a field in which nothing was chosen."""


class Turns:
    """At most `most` uploads at once, and `each` of one client: what is read lies in memory, and one who sends slowly must
    not keep everybody else out. Belongs to one event loop."""

    def __init__(self, most: int, each: int) -> None:
        self._most, self._each = most, each
        self._clients: Counter[str] = Counter()

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """Raises: UploadRefused `busy`."""
        if self._clients.total() >= self._most or self._clients[client] >= self._each:
            raise UploadRefused("busy")
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            self._clients += Counter()  # forgets those who have none


class _InMemory(MultiPartParser):
    """Starlette writes parts over a megabyte to a temporary file; these are promised not to be kept."""

    spool_max_size = 1 << 40

    def come(self) -> dict[str, str]:
        """Fields that are whole by now."""
        return {name: value for name, value in self.items if isinstance(value, str)}


async def body_of(request: Request, most: int, seconds: float) -> bytes:
    """The whole body as the file.

    Raises: UploadRefused `file-too-large`, `too-slow`, `cut-off`.
    """
    body = bytearray()
    async with _in_time(seconds):
        async for piece in limited(request, most):
            body += piece
    return bytes(body)


async def file_of(request: Request, field: str, most: int, seconds: float) -> bytes:
    """The file in `field` of a form.

    Raises: UploadRefused `file-too-large`, `file-missing`, `form-malformed`, `too-slow`, `cut-off`.
    """
    form = await form_of(request, FormLimits(most, files=1, fields=4, field_bytes=4096), seconds)
    (content,) = form.files.get(field, (b"",))
    if not content:
        raise UploadRefused("file-missing")
    if len(content) > most:
        raise UploadRefused("file-too-large")
    return content


async def form_of(request: Request, limits: FormLimits, seconds: float) -> Form:
    """A form with its files (multipart/form-data).

    Raises: UploadRefused `file-too-large`, `form-malformed`, `too-slow`, `cut-off`.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UploadRefused("form-malformed")
    parser = _InMemory(request.headers, limited(request, limits.body_bytes + ROOM_FOR_FORM), max_files=limits.files,
                       max_fields=limits.fields, max_part_size=limits.field_bytes)  # fmt: skip
    try:
        async with _in_time(seconds):
            form = await parser.parse()
    except UploadRefused as why:
        raise UploadRefused(why.why, parser.come()) from why
    except (MultiPartException, KeyError, ValueError, LookupError) as why:
        raise UploadRefused("form-malformed", parser.come()) from why
    files: dict[str, tuple[bytes, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and (content := await value.read()):
            files[name] = (*files.get(name, ()), content)
    await form.close()
    return Form(parser.come(), files)


async def limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body up to the limit. Raises: UploadRefused `file-too-large`, `cut-off`."""
    read = 0
    try:
        async for piece in request.stream():
            if read < most:
                yield piece[: most - read]
            read += len(piece)
            if read > READ_ON * most:
                break
    except ClientDisconnect as why:
        raise UploadRefused("cut-off") from why
    if read > most:
        raise UploadRefused("file-too-large")


class _in_time:
    """Raises UploadRefused `too-slow` when the body takes longer."""

    def __init__(self, seconds: float) -> None:
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        try:
            await self._timeout.__aexit__(*raised)  # type: ignore[arg-type]
        except TimeoutError as why:
            raise UploadRefused("too-slow") from why
