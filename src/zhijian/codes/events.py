"""What happened in this room, for those downstream and for pages kept in memory."""

REPORT_CHANGED = "zhijian_report"
"""PostgreSQL NOTIFY channel; the payload is the code whose answer changed. Delivered when the change commits."""
