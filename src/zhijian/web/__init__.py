"""The HTML door. Anyone may ask about a report here; what the pages prove and do not prove stands on them.

`verify_app` builds the public door over a `VerifyService`. Its pages follow the rules in ui/README.md: the answer
first, proof one fold away, red for findings of the regulator and for files whose own seal shows that they were edited,
everything but camera and comparing without JavaScript.
"""

from zhijian.web.catalogue import spec_app
from zhijian.web.lab import beside, lab_app
from zhijian.web.mapping import review_app
from zhijian.web.node_app import public_app
from zhijian.web.office import office_door
from zhijian.web.quality import quality_app
from zhijian.web.render import Renderer
from zhijian.web.service import VerifyService
from zhijian.web.settings import DoorSettings
from zhijian.web.verify_app import verify_app
from zhijian.web.witness_door import witness_app

__all__ = [
    "DoorSettings",
    "Renderer",
    "VerifyService",
    "beside",
    "lab_app",
    "office_door",
    "public_app",
    "quality_app",
    "review_app",
    "spec_app",
    "verify_app",
    "witness_app",
]
