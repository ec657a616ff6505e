"""Secrets of webhooks, and the signature by which a receiver knows that a delivery is ours: Standard Webhooks 1.0.

Signed is `id.timestamp.body` with HMAC-SHA256, so that ready libraries verify it. Secrets are derived from one key of the
node and kept nowhere: neither the database nor its backup has any.
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhijian.webhooks.model import BOTH_SECRETS, Webhook

PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Secrets:
    """`key`: 32 bytes that the node guards."""

    key: bytes = field(repr=False)

    def secret(self, webhook_id: str, generation: int) -> bytes:
        """32 bytes. Ids are random and never given twice, also not after a restore, so a secret is one webhook's alone."""
        info = f"zhijian/webhook/{webhook_id}/{generation}".encode()
        return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(self.key)

    def shown(self, webhook_id: str, generation: int) -> str:
        """As its owner gets it, once."""
        return PREFIX + base64.b64encode(self.secret(webhook_id, generation)).decode()

    def good(self, webhook: Webhook, at: datetime) -> list[bytes]:
        """Those that sign now: the newest, and after a rotation the one before it for a day."""
        both = webhook.rotated_at is not None and at - webhook.rotated_at < BOTH_SECRETS
        newest = webhook.generation
        return [self.secret(webhook.id, n) for n in ([newest, newest - 1] if both else [newest])]


def signed(secrets: list[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a delivery, one signature for each secret."""
    seconds = str(int(at.timestamp()))
    content = f"{message_id}.{seconds}.".encode() + body
    made = (base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": seconds,
            "webhook-signature": " ".join(f"v1,{one}" for one in made)}  # fmt: skip
