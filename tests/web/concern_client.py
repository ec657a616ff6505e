"""A person at the form of the public door: what the page gives, what is sent back."""

import re
from html import unescape
from typing import Any

from httpx2 import Response
from tests.web.public_client import Door

from zhijian.kit.work import solve

KIND, WORDS = "paper-differs", "第 2 页的结果与查到的不同"
PHOTO = b"\xff\xd8\xff a photo"


def challenge_in(html: str) -> str:
    found = re.search(r'name="challenge" value="([^"]+)"', html)
    assert found, html[:300]
    return found[1]


def filled(door: Door, *, work: bool = True, **fields: str) -> dict[str, str]:
    """The form as a browser would send it; without `work` as one without scripts."""
    challenge = challenge_in(door.get("/concern").text)
    return {
        "challenge": challenge,
        "solution": solve(challenge) if work else "",
        "kind": KIND,
        "words": WORDS,
        **fields,
    }


def send(door: Door, form: dict[str, str], photos: tuple[bytes, ...] = (), **options: Any) -> Response:
    """The photos come last, as in the page."""
    nothing = [("photos", ("", b"", "application/octet-stream"))]
    files = [("photos", (f"{n}.jpg", raw, "image/jpeg")) for n, raw in enumerate(photos)] or nothing
    return door.client.post("/concern", data=form, files=files, **options)


def shown(html: str) -> dict[str, str]:
    """What stands in the fields of the page."""
    inputs = re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', html)
    chosen = re.search(r'<option value="([^"]*)" selected', html)
    words = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL)
    assert words
    return {**{name: unescape(value) for name, value in inputs}, "kind": chosen[1] if chosen else "",
            "words": unescape(words[1])}  # fmt: skip
