"""Reports found by their code or their institution's own number, for whoever's scope it is."""

from zhijian.codes.found.store import reports

__all__ = ["reports"]
