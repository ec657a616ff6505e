"""Accounts of the demonstration, one a role, and what opens them. Invented; they are made where a node is a demonstration and nowhere else."""

import json
import secrets
from datetime import datetime

from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.registry import listing
from zhijian.wiring import Node

FILE = "demo-accounts.json"
_NAMES = {Role.NATIONAL: "周示例", Role.PROVINCIAL: "郑示例", Role.CITY: "吴示例", Role.INSPECTOR: "王示例", Role.REVIEWER: "冯示例",
          Role.MANAGER: "陈示例", Role.CLERK: "褚示例", Role.AUDITOR: "卫示例", Role.ADMINISTRATOR: "蒋示例"}  # fmt: skip


def seed_accounts(node: Node, at: datetime) -> dict[str, str]:
    """Login → password; as `demo-accounts.json` keeps them (mode 0600), which is made with them."""
    kept = node.settings.home / FILE
    if kept.exists():
        found: dict[str, str] = json.loads(kept.read_text())
        return found
    with node.transaction() as db:
        _, rows = listing.institutions(db, Scope.everything(), listing.Wanted(sort="uscc"), at.date(), 0, 1)
        if not rows:
            return {}
        province, city, uscc = rows[0]["province"], rows[0]["division"][:4], rows[0]["uscc"]
        made: dict[str, str] = {}
        for role in Role:
            login, password = role.value, f"demo-{secrets.token_hex(6)}"
            area: dict[str, str] = {}
            if role in (Role.MANAGER, Role.CLERK):
                area = {"province": province, "uscc": uscc}
            elif role in (Role.PROVINCIAL, Role.INSPECTOR, Role.REVIEWER, Role.ADMINISTRATOR):
                area = {"province": province}
            elif role is Role.CITY:
                area = {"province": province, "city": city}
            accounts.add(db, None, login, _NAMES[role], role, password, at, synthetic=True, **area)
            made[login] = password
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(made, indent=1))
    return made
