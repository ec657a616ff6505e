"""What a load balancer asks of a door, and an operator reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a door may be sent requests: it may while there is no `reason` against it. Both words for the operator."""

    trust_version: int | None
    reason: str | None = None
    warning: str | None = None
    log: Mapping[str, Any] | None = None
    """How far the log is published, and whether a checkpoint waits for witnesses."""

    def document(self) -> dict[str, Any]:
        """As /readyz gives it."""
        said = {"trust_version": self.trust_version, "reason": self.reason, "warning": self.warning, "log": self.log}
        return {"ready": self.reason is None, **{k: v for k, v in said.items() if v is not None}}
