"""What happened in this room, for those downstream: the channel that tells that an answer changed, and the feed of all
that came into the log."""

from zhijian.codes.channel import REPORT_CHANGED
from zhijian.codes.feed import Event, EventType, Feed, Page, Position, PositionMalformed

__all__ = ["REPORT_CHANGED", "Event", "EventType", "Feed", "Page", "Position", "PositionMalformed"]
