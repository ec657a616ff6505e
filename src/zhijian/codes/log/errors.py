"""Why the log, or what somebody says about it, is not accepted."""


class LogError(Exception):
    """Base of the room. `why` is a stable key for doors and tests, `value` the offending value."""

    def __init__(self, why: str, value: object = None, message: str = "") -> None:
        super().__init__(message or f"{why}: {value!r}")
        self.why, self.value = why, value


class LogMalformed(LogError):
    """A text, a path or a file is not in the one form its specification allows."""


class LogRefused(LogError):
    """Well-formed, but a signature, a quorum or a Merkle proof does not hold."""


class LogForked(LogError):
    """Two histories: the same place in the log would hold other bytes. Never healed by code, always by a person."""


class LogDamaged(LogError):
    """What is stored does not make the tree that was published: a tile, a bundle or the history is lost or altered."""


class LogBusy(LogError):
    """Another writer holds the folder, or this one may no longer write."""


class LogAbsent(LogError):
    """What was asked for is not in the log: nothing published yet, an index beyond the tree, a missing file."""
