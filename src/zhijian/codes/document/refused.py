"""Why a document is not taken, in both languages."""

import re


class DocumentRefused(Exception):
    """Base of the room. `why` is a stable key for doors and tests, `value` what was found, `zh` and `en` say where it is
    wrong and how to mend it."""

    def __init__(self, why: str, value: object, zh: str, en: str) -> None:
        super().__init__(why, value, zh, en)  # all four, so that it can go from one process to another
        self.why, self.value, self.zh, self.en = why, value, zh, en

    def __str__(self) -> str:
        return f"{self.why}: {self.zh} / {self.en}"


def excerpt(error: BaseException) -> str:
    """A library's complaint on one short line, for `value`: never a trace."""
    return re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:160]
