"""Checks, one a file: what must hold of fields, records, tables, relations and trends.

A check says in SQL over the specification's names what must hold (see `model`); nothing here reads a row. To add one, see
docs/howto/checks.md; a province adds its own as YAML without touching these.
"""

from zhijian.exchange.checks.catalog import catalog
from zhijian.exchange.checks.model import Cells, Check, Context, Fact, Rows
from zhijian.exchange.checks.own import OwnWrong, own_checks

__all__ = ["Cells", "Check", "Context", "Fact", "OwnWrong", "Rows", "catalog", "own_checks"]
