"""What every refusal must look like: RFC 9457, with words and a remedy in Chinese and in English."""

import re
from typing import Any

_CHINESE, _ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2}")


def problem(answer: Any, *statuses: int, why: str | None = None) -> dict[str, Any]:
    """The document, when the answer is one of these refusals and nothing else."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:zhijian:problem:{body['why']}"
    assert bilingual(body["title"], body["title"]), body
    assert bilingual(body["remedy"]["zh"], body["remedy"]["en"]), body
    if why is not None:
        assert body["why"] == why, body
    return body


def finding_is_whole(finding: dict[str, Any], *, by_law: bool) -> None:
    """One broken rule names field, rule and remedy, and, where the law says it, its article."""
    assert finding["rule"]
    assert finding["pointer"].startswith("/"), finding
    assert bilingual(finding["message"]["zh"], finding["message"]["en"]), finding
    assert bilingual(finding["remedy"]["zh"], finding["remedy"]["en"]), finding
    if by_law:
        basis = finding["legal_basis"]
        assert basis["law"].startswith("《"), finding
        assert basis["version"], finding
        assert re.search(r"第.+[条项]", basis["article"]), finding


def bilingual(zh: str, en: str) -> bool:
    return bool(_CHINESE.search(zh) and _ENGLISH.search(en))
