"""The office: pages for regulators and laboratories, behind sign-in, right and wall."""

from zhijian.web.office.app import PAGES, office_app, office_door

__all__ = ["PAGES", "office_app", "office_door"]
