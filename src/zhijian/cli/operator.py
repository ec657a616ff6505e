"""Who works at the command line, for the audit trail."""

import os
import pwd

from zhijian.kit.principal import Operator


def operator() -> Operator:
    """By the operating system; whoever became root by sudo is named too, as sudo says."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        name = str(os.getuid())
    before = os.environ.get("SUDO_USER", "") if os.getuid() == 0 else ""
    return Operator(f"{before}/{name}" if before.isprintable() and before else name)
