"""How other processes hear that a report's answer changed."""

REPORT_CHANGED = "zhijian_report"
"""PostgreSQL NOTIFY channel; the payload is the code whose answer changed. Delivered when the change commits."""
