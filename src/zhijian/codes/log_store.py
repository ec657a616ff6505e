"""SQL about whole logs. They are the node's own: nobody's scope limits which leaves there are."""

import sqlalchemy as sa

from zhijian.kit.db import Db


def origins(db: Db) -> list[str]:
    """Every log in which a leaf has its place, in alphabetical order. A look for each, not for each leaf."""
    query = """WITH RECURSIVE o AS (
        (SELECT origin FROM log_entry WHERE origin IS NOT NULL ORDER BY origin LIMIT 1)
        UNION ALL
        SELECT (SELECT e.origin FROM log_entry e WHERE e.origin > o.origin ORDER BY e.origin LIMIT 1) FROM o
        WHERE o.origin IS NOT NULL
    ) SELECT origin FROM o WHERE origin IS NOT NULL"""
    return list(db.execute(sa.text(query)).scalars())
