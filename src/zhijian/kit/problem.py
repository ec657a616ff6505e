"""Problem documents (RFC 9457): what is wrong and how to mend it, in Chinese and English. Every door speaks in them."""

from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Raised anywhere in a request: its transaction rolls back, and the door answers with `status` and `body`."""

    def __init__(
        self, status: int, why: str, zh: str, en: str, *, remedy_zh: str = "", remedy_en: str = "",
        headers: dict[str, str] | None = None, **members: Any,
    ) -> None:  # fmt: skip
        """`why` is stable, for machines. `members` are extension members; None among them is left out."""
        super().__init__(why)
        self.status, self.headers = status, headers or {}
        self.body: dict[str, Any] = {
            "type": f"urn:zhijian:problem:{why}", "title": f"{zh} {en}", "status": status, "why": why,
            "remedy": {"zh": remedy_zh, "en": remedy_en}, **{k: v for k, v in members.items() if v is not None},
        }  # fmt: skip
