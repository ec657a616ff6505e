"""The review of a mapping: a page on this machine only, over files or a database that its user gave."""

from zhijian.web.mapping.app import review_app

__all__ = ["review_app"]
