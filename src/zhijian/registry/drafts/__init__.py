"""Capability tables that were handed in and wait for whoever reviews: kept as they came, held against the table in force, enrolled only
by a second step. Obeys 《检验检测机构资质认定管理办法》第十条、第十四条.

A draft is confirmed against the very table that the reviewer saw: `seen` is its digest.
"""

from zhijian.registry.drafts.confirming import (
    KEPT,
    Draft,
    NotConfirmed,
    confirm,
    digest_of,
    forget,
    in_force,
    keep,
    kept,
)
from zhijian.registry.drafts.store import certificates

__all__ = [
    "KEPT",
    "Draft",
    "NotConfirmed",
    "certificates",
    "confirm",
    "digest_of",
    "forget",
    "in_force",
    "keep",
    "kept",
]
