"""The provinces' data quality as pages: all of them beside each other, and one over time with what is behind each figure. Read
only, without JavaScript."""

from zhijian.web.quality.app import quality_app

__all__ = ["quality_app"]
