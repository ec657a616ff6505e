"""Searches over the registry: who may test a parameter by a standard, and what a few words or a number may mean.

Within the caller's scope; the words of standards and parameters themselves are nobody's. Matches as `registry.admission` compares.
"""

from zhijian.registry.search.capability_store import COUNTED
from zhijian.registry.search.finding import Able, able, everything, near
from zhijian.registry.search.model import Count, Hit, Near, Sought
from zhijian.registry.search.store import is_named

__all__ = ["COUNTED", "Able", "Count", "Hit", "Near", "Sought", "able", "everything", "is_named", "near"]
