"""A reader at the public door: requests, and what the page says without its markup."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient
from tests.web.concerns import FakeConcernService
from tests.web.fakes import NOW, FakeVerifyService

from zhijian.web import DoorSettings, verify_app
from zhijian.web.page_cache import PageCache

HOST = "verify.zhijian.example"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Door:
    """Redirects are not followed: where they lead is part of what is tested."""

    def __init__(self, service: FakeVerifyService, clock: Clock, **settings: Any) -> None:
        self.concerns = FakeConcernService()
        self.app = verify_app(
            service,
            concerns=self.concerns,
            clock=clock,
            settings=DoorSettings(public_host=HOST, other_hosts=("verify.other-node.example",), demo=True, **settings),
        )
        self.client = TestClient(
            self.app, base_url=f"https://{HOST}", follow_redirects=False, raise_server_exceptions=False
        )
        self.cache: PageCache = self.app.state.cache

    def get(self, address: str, **options: Any) -> Response:
        return self.client.get(address, **options)

    def post(self, body: object, **options: Any) -> Response:
        return self.client.post("/api/v1/verify", json=body, **options)

    def inspect(self, pdf: bytes, lang: str = "zh", **options: Any) -> Response:
        """By the form of the page, as a browser without scripts sends it."""
        files = {"file": ("report.pdf", pdf, "application/pdf")}
        return self.client.post("/inspect", files=files, headers={"cookie": f"lang={lang}"}, **options)

    def inspect_json(self, pdf: bytes, kind: str = "application/pdf") -> Response:
        return self.client.post("/api/v1/inspect", content=pdf, headers={"content-type": kind})

    def text(self, address: str) -> str:
        return text_of(self.get(address).text)


def text_of(html: str) -> str:
    """Visible text, roughly: hidden parts for scripts and templates are cut, tags fall away."""
    html = re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)
    html = re.sub(r"<head>.*?</head>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))
