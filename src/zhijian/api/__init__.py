"""The JSON door: what laboratories' systems talk to. Knows HTTP; decides nothing itself."""

from zhijian.api.app import api_app

__all__ = ["api_app"]
