"""What anybody may see of draws: the commitments as soon as they bind, withdrawn ones among them, and the file once it is published.

No draft, no result before its publication, no outcome of an inspection.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from zhijian.cases.sampling import store
from zhijian.cases.sampling.model import PublicationBroken, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Announced:
    id: str
    name: str
    province: str
    year: int
    state: State
    """committed, published or withdrawn: what is drawn is not told before it is published."""
    commitment: str
    commitment_sm3: str
    committed_at: datetime
    published_at: datetime | None
    where: str
    withdrawn_at: datetime | None
    why: str


def announced(db: Db, scope: Scope, most: int = 200) -> list[Announced]:
    """Newest first."""
    return [_announced(row) for row in store.announced(db, scope, most)]


def one(db: Db, scope: Scope, plan_id: str) -> Announced | None:
    rows = store.announced(db, scope, 1, plan_id)
    return _announced(rows[0]) if rows else None


def file(db: Db, scope: Scope, plan_id: str) -> bytes | None:
    """The published file, by which anybody runs the draw again; None where none was published. Raises: PublicationBroken."""
    found = store.published_file(db, scope, plan_id)
    if found is not None and sha256(found[0]).hexdigest() != found[1]:
        raise PublicationBroken("kept-file", f"{plan_id} 存下的结果已被改动", f"what was kept of {plan_id} was altered")
    return found[0] if found else None


def _announced(row: store.Row) -> Announced:
    bound = json.loads(row["bound"])
    shown: dict[str, Any] = json.loads(row["published"]) if row["published"] is not None else {}
    gone: dict[str, Any] = json.loads(row["withdrawn"]) if row["withdrawn"] is not None else {}
    state = State.PUBLISHED if row["published_at"] else State.WITHDRAWN if row["withdrawn_at"] else State.COMMITTED
    return Announced(row["id"], row["name"], row["province"], row["year"], state, bound["commitment"], bound["commitment_sm3"],
                     row["committed_at"], row["published_at"], shown.get("where", ""), row["withdrawn_at"], gone.get("why", ""))  # fmt: skip
