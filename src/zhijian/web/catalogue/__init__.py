"""The data specification as pages: search, entities, code lists, what changed. Public, read only, without JavaScript."""

from zhijian.web.catalogue.app import spec_app

__all__ = ["spec_app"]
