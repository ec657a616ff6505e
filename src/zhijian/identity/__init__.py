"""Who may do what: accounts with roles, sessions, the audit trail, and the wall in the database.

Obeys 《网络安全等级保护基本要求》 (GB/T 22239-2019) in what it asks of identity, access control and audit. Doors turn a cookie into a
`Principal` by `session`, ask `Principal.may`, and open the database within its scope; rooms note privileged acts by `noted`.

>>> from zhijian.kit.principal import Role
>>> "cases.decide" in acts_of(Role.PROVINCIAL), "cases.decide" in acts_of(Role.INSPECTOR)
(True, False)
"""

from zhijian.identity import entry_tables, four_eyes_table  # noqa: F401  their tables
from zhijian.identity.audit import noted
from zhijian.identity.gate import Gate
from zhijian.identity.model import Account, IdentityError, Session
from zhijian.identity.rights import acts_of, rights
from zhijian.identity.sessions import session

__all__ = ["Account", "Gate", "IdentityError", "Session", "acts_of", "noted", "rights", "session"]
