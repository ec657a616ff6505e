"""One code checks a report: numbers, credentials, status, QR, and the log that makes them hard to deny.

Obeys the format that `code` holds (GB 32100 alphabet, two Reed–Solomon checks), COSE_Sign1 (RFC 9052) with SM2 (GB/T
32918) or ES256, Token Status Lists, and C2SP tlog-tiles. The office issues and changes; the desk answers; the
sequencer writes the log; `offline` verifies with files alone.

>>> code = parse("3326 08k7 oo49 m3o2 ar")
>>> grouped(code)
'3326-08K7-0049-M302-AR'
>>> parse("3326-08K7-0049-M302-AX")
Traceback (most recent call last):
zhijian.codes.model.CodeMalformed: check: '3326-08K7-0049-M302-AX'
"""

from zhijian.codes import intake, offline, recovery
from zhijian.codes.code import grouped, parse
from zhijian.codes.desk import Desk, Office
from zhijian.codes.keyring import Keyring
from zhijian.codes.logbook import Logbook
from zhijian.codes.node import IssuingNode
from zhijian.codes.sequencer import Sequencer
from zhijian.codes.trust import TrustList

__all__ = ["Desk", "IssuingNode", "Keyring", "Logbook", "Office", "Sequencer", "TrustList", "grouped", "intake", "offline", "parse",
           "recovery"]  # fmt: skip
