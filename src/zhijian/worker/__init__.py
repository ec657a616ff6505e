"""The queue door: what runs without anyone asking. The sequencer, which writes the log, and the deliveries of webhooks."""

import threading

from zhijian.wiring import Node
from zhijian.worker import deliveries, sequencing
from zhijian.worker.sequencing import heed

__all__ = ["heed", "run"]


def run(node: Node, stop: threading.Event) -> None:
    """Both until `stop`, each in its own time: a log that waits holds up no delivery, and the other way round."""
    webhooks = threading.Thread(target=deliveries.run, args=(node, stop), name="webhooks", daemon=True)
    webhooks.start()
    sequencing.run(node, stop)
    webhooks.join(2 * deliveries.STOP_S)
