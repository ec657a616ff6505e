"""The laboratory's desk in a browser, for institutions without a system of their own.

The page signs with the institution's key, which never leaves it, and calls the same `/api/v1` as every laboratory's system
(decision 0011): there is one way in, and the platform can issue nothing in anybody's name.
"""

from zhijian.web.lab.app import beside, lab_app

__all__ = ["beside", "lab_app"]
