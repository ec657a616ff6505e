"""Restructuring: a province's own schema to the specification, declared in YAML; what is lost or invented is listed.

A mapping never guesses: what it cannot translate is in `loss`, row by row, and what the source does not have says why.
"""

from zhijian.exchange.mapping import gathering, reviewing, shipping, suggesting, writing
from zhijian.exchange.mapping.apply import Mapped, applied
from zhijian.exchange.mapping.checking import checked
from zhijian.exchange.mapping.model import MappingWrong, SchemaMapping
from zhijian.exchange.mapping.reading import read_mapping
from zhijian.exchange.mapping.roundtrip import round_trip

__all__ = ["Mapped", "MappingWrong", "SchemaMapping", "applied", "checked", "gathering", "read_mapping", "reviewing", "round_trip",
           "shipping", "suggesting", "writing"]  # fmt: skip
