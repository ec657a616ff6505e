"""Tables of the registry, derived from the specification; what the platform adds is named here."""

import sqlalchemy as sa

from zhijian.kit.db import table_of
from zhijian.spec import specification

_spec = specification()
_references = {name: e.key for name, e in _spec.entities.items() if len(e.key) == 1 and not e.parts}

institution = table_of(
    _spec.entities["institution"],
    sa.Column("province", sa.String(2), nullable=False, comment="GB/T 2260 前两位"),
    sa.Column("code_index", sa.String(4), nullable=False, unique=True, comment="赋码用机构序号，终身不变"),
    sa.Column("revision", sa.BigInteger(), nullable=False, server_default="1", comment="每次变更加一，供缓存比对"),
    sa.Column("synthetic", sa.Boolean(), nullable=False, server_default="false", comment="模拟数据"),
)
site = table_of(_spec.entities["site"], references=_references)
certificate = table_of(_spec.entities["certificate"], references=_references)
certificate_state = table_of(_spec.entities["certificate_state"], references=_references)
capability = table_of(
    _spec.entities["capability"],
    sa.Index("ix_capability_parameter_standard", "parameter", "standard"),
    references=_references,
)
staff = table_of(_spec.entities["staff"], references=_references)
authorisation = table_of(_spec.entities["authorisation"], references=_references)
instrument = table_of(_spec.entities["instrument"], references=_references)
calibration = table_of(_spec.entities["calibration"], references=_references)
sa.Index("ix_certificate_uscc", certificate.c.uscc)

BY_NAME: dict[str, sa.Table] = {
    t.name: t
    for t in (
        institution,
        site,
        certificate,
        certificate_state,
        capability,
        staff,
        authorisation,
        instrument,
        calibration,
    )
}
"""Parents before children: the order in which rows can be loaded."""
