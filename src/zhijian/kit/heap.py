"""The collector of cycles, set for a process that serves: with Python's own settings it takes an eighth of a batch's time,
for it walks over a thousand reports again and again while they are being made."""

import gc

ALLOCATIONS = 50_000
"""Of containers, more than were freed, between two looks for cycles: a batch passes without one, and whatever
has bytes in its hands must leave no cycle behind, for it would lie there long (`kit/threads.py`)."""


def settle() -> None:
    """Call once, when everything is loaded: what is there by then stays for good and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 10, 10)
