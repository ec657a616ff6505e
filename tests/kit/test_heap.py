"""What serves is left alone by the collector of cycles, and what a request leaves behind is not."""

import subprocess
import sys

SEEN = """
import gc, weakref
from zhijian.kit import heap
class Knot: pass
heap.settle()
assert gc.get_freeze_count() > 1000, "what is there is not looked at again"
knot = Knot(); knot.itself = knot; gone = weakref.ref(knot); del knot
kept = [[] for _ in range(heap.ALLOCATIONS // 2)]
assert gone() is not None, "a batch passes without a collection"
kept += [[] for _ in range(heap.ALLOCATIONS)]
assert gone() is None, "cycles go in the end"
"""


def test_a_process_that_serves_is_seldom_walked_over_and_still_loses_its_cycles() -> None:
    subprocess.run([sys.executable, "-c", SEEN], check=True, timeout=60)  # the collector belongs to its whole process
