"""Built style sheets and modules. Their names carry a hash of their content, so they never change."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from zhijian.web.settings import DoorSettings

IMMUTABLE = "public, max-age=31536000, immutable"


class HashedFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in {200, 206, 304}:
            response.headers["cache-control"] = IMMUTABLE if "-" in path.rpartition("/")[2] else "no-cache"
        return response


def hashed_files(settings: DoorSettings) -> HashedFiles:
    return HashedFiles(directory=settings.static_dir, check_dir=False)
