"""The queue door: what runs without anyone asking. The sequencer, which writes the log, the deliveries of webhooks, what follows from cases,
what two accounts agreed on, upkeep."""

import threading

from zhijian.wiring import Node
from zhijian.worker import carrying, deliveries, following, sequencing, upkeep
from zhijian.worker.sequencing import heed

__all__ = ["heed", "run"]


def run(node: Node, stop: threading.Event) -> None:
    """All until `stop`, each in its own time: a log that waits holds up no delivery, and the other way round."""
    webhooks = threading.Thread(target=deliveries.run, args=(node, stop), name="webhooks", daemon=True)
    webhooks.start()
    for side in (following, carrying, upkeep):
        threading.Thread(target=side.run, args=(node, stop), name=side.__name__, daemon=True).start()
    sequencing.run(node, stop)
    webhooks.join(2 * deliveries.STOP_S)
