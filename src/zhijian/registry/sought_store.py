"""SQL that keeps the words by which is searched, with the records that they come from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry.sought import institution_text, parameter_term, standard_term


def keep(db: Db, scope: Scope, entity: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """After versions that hold now were written. Spellings stay when nobody has them any more."""
    if entity == "institution":
        _institutions(db, [{"uscc": r["uscc"], "text": institution_text(r["uscc"], r["name"])} for r in rows])
    elif entity == "capability":
        some = list(rows)
        terms = {standard_term(r["standard"]) for r in some} | {parameter_term(r["parameter"]) for r in some}
        # In order: of two that come at once neither waits for the other in a circle.
        listed = [dict(zip(("kind", "said", "key", "stem"), one, strict=True)) for one in sorted(terms)]
        sql = """INSERT INTO scope_term (kind, said, key, stem) SELECT kind, said, key, stem
            FROM json_populate_recordset(NULL::scope_term, :rows) ON CONFLICT DO NOTHING"""
        db.execute(sa.text(sql), {"rows": json.dumps(listed, ensure_ascii=False)})


def _institutions(db: Db, rows: list[dict[str, str]]) -> None:
    sql = """INSERT INTO institution_sought (uscc, province, text) SELECT r.uscc, i.province, r.text
        FROM json_populate_recordset(NULL::institution_sought, :rows) r JOIN institution i USING (uscc)
        ON CONFLICT (uscc) DO UPDATE SET province = excluded.province, text = excluded.text"""
    db.execute(sa.text(sql), {"rows": json.dumps(rows, ensure_ascii=False)})
