"""Reports as whoever supervises them reads them: lists, one with its items, each item with what stood behind it that day, and counts by
place and day. Within the caller's scope; needs no verifier, for the scope is the right to look."""

from zhijian.codes.registered.counts_store import by_day, by_place, roll
from zhijian.codes.registered.store import FURTHEST, LOOKED_AT, SORTS, Page, Wanted, by_number, items_with, listed
from zhijian.codes.registered.whole import Item, Whole, item, whole

__all__ = ["FURTHEST", "LOOKED_AT", "SORTS", "Item", "Page", "Wanted", "Whole", "by_day", "by_number", "by_place", "item", "items_with", "listed", "roll",
           "whole"]  # fmt: skip
