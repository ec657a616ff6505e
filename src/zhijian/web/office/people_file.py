"""The export of people, unmasked, with a first line that says who took it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from zhijian.identity.four_eyes import Request
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Principal
from zhijian.spec import specification
from zhijian.web.office.sheet import csv_bytes


def people_csv(rows: Sequence[Any], one: Request, who: Principal, at: datetime) -> bytes:
    """Elements of staff in the specification's order."""
    elements = [e for e in specification().entities["staff"].elements if e.id != "uscc"]
    when = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    mark = (f"含个人信息，只用于申请的用途。下载人 {who.name}（{who.login}），{when}，申请 {one.id}，复核 {one.decided_login}；"
            f"contains personal data; taken by {who.login} at {when} (Beijing time), request {one.id}")  # fmt: skip
    head = ["统一社会信用代码", "机构名称", *(e.zh for e in elements)]
    said = ([row["uscc"], row["institution_name"], *(row[e.id] for e in elements)] for row in rows)
    return csv_bytes([[mark], head, *said])
