"""A checklist is handed in: photos and the list itself become evidence, what is not as it should be findings; all of it or nothing."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from zhijian.cases.checklist.items import VERSION, items
from zhijian.cases.checklist.model import Checked, Photo
from zhijian.cases.flow import store
from zhijian.cases.flow.acting import act
from zhijian.cases.flow.model import Actor, CaseNo, CaseUnknown, Done
from zhijian.cases.flow.reading import case
from zhijian.kit.canonical import canonical
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

NAME = "检查表"


def hand_in(db: Db, scope: Scope, actor: Actor, no: CaseNo, found: Sequence[Checked], at: datetime) -> Done:
    """In the caller's transaction. What came already, to the byte, is not done again: a phone that heard no answer sends once more.

    Raises: CaseUnknown, Refused.
    """
    if no not in store.locked(db, scope, [no]):
        raise CaseUnknown(no)
    now = case(db, scope, no)
    content = canonical(
        {"case": no, "by": actor.account, "checklist": VERSION, "found": [one.as_json() for one in found]}
    )
    there = {one["sha256"] for one in now.evidence}
    if sha256(content).hexdigest() in there:
        return Done(no, now.version, now.state)
    asked = {one.id: one for one in items(now.facts["field"])}
    version = now.version
    for one in found:
        for photo in one.photos:
            if photo.sha256 not in there:
                version = _evidence(
                    db, scope, actor, no, version, f"现场照片：{asked[one.item].said.zh}"[:200], photo, at
                )
                there.add(photo.sha256)
        if one.answer == "no":
            description = f"{asked[one.item].said.zh}：不符合。{one.note}"
            fields = {"nature": one.nature, "description": description, **asked[one.item].law}
            version = act(db, scope, actor, no, version, "find", fields, at).version
    listed = {"name": NAME, "proves": f"逐项检查的结果，{len(found)} 项", "media_type": "application/json",
              "obtained_at": at.isoformat()}  # fmt: skip
    return act(db, scope, actor, no, version, "add-evidence", listed, at, content)


def _evidence(
    db: Db, scope: Scope, actor: Actor, no: CaseNo, version: int, name: str, photo: Photo, at: datetime
) -> int:
    fields: dict[str, Any] = {"name": name, "proves": name.removeprefix("现场照片："), "media_type": photo.media_type,
                              "obtained_at": (photo.at or at).isoformat()}  # fmt: skip
    if photo.place is not None:
        fields["place"] = str(photo.place)
    return act(db, scope, actor, no, version, "add-evidence", fields, at, photo.content).version
