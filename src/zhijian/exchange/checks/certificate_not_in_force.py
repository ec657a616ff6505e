"""A report under the CMA mark on a day on which its certificate was not in force."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import lasting
from zhijian.exchange.model import Dimension, Severity, Text

_ITEMS = "report_item i JOIN report r ON text(i.uscc) = text(r.uscc) AND text(i.own_number) = text(r.own_number)"
DAYS = {
    "report": ("issued_on", "r._row", "r.issued_on", "report r", "签发当日", "on the day of issue"),
    "report_item": ("tested_on", "i._row", "i.tested_on", _ITEMS, "检测当日", "on the day of the test"),
}
"""Of what: column, row, day, relation."""
_STATES = "s.state IN ('暂停', '撤销', '注销')"


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id not in DAYS or not first(bound, context):
        return
    column, row, day, relation, zh, en = DAYS[bound.entity.id]
    remedy = Text("核对日期和证书编号；不在有效期间的不得使用资质认定标志",
                  "check day and certificate; the mark may not be used while it is not in force")  # fmt: skip
    certificate = "certificate c ON text(r.certificate_number) = text(c.number)"
    yield Rows(
        bound.entity.id, (column,),
        f"SELECT DISTINCT {row} AS _row, CAST({day} AS VARCHAR) || ' (' || CAST(c.issued_on AS VARCHAR) || ' ~ ' || "
        f"CAST(c.expires_on AS VARCHAR) || ')' AS value FROM {relation} JOIN {certificate} "
        f"WHERE r.cma_marked AND ({day} < c.issued_on OR {day} > c.expires_on)",
        f"SELECT count({day}) FROM {relation} SEMI JOIN {certificate} WHERE r.cma_marked",
        Text(f"{zh}证书不在有效期内", f"outside the certificate's term {en}"), remedy,
        without=Text("没有报告或证书数据可对照", "no reports or certificates to hold it against"),
    )  # fmt: skip
    yield Rows(
        bound.entity.id, (column,),
        f"SELECT {row} AS _row, CAST({day} AS VARCHAR) || ' ' || max(text(s.state)) AS value FROM {relation} "
        f"JOIN certificate_state s ON text(r.certificate_number) = text(s.number) AND {lasting('s', 'from_on', 'to_on', day)} "
        f"WHERE r.cma_marked AND {_STATES} GROUP BY {row}, {day}",
        f"SELECT CASE WHEN EXISTS (SELECT 1 FROM certificate_state) THEN count({day}) ELSE 0 END FROM {relation} "
        "WHERE r.cma_marked",
        Text(f"{zh}证书被暂停、撤销或注销", f"the certificate was suspended, revoked or cancelled {en}"), remedy,
        without=Text("没有报告或证书状态数据可对照", "no reports or states of certificates to hold it against"),
    )  # fmt: skip


CHECK = Check(
    "certificate-not-in-force", Dimension.CONSISTENCY, Severity.ERROR,
    Text("证书当日无效", "Certificate not in force"),
    Text("使用资质认定标志的报告，签发和检测当日证书应在有效期内且未被暂停、撤销、注销。",
         "On the days of issue and test the certificate is within its term and neither suspended, revoked nor cancelled."),
    rules, "《检验检测机构资质认定管理办法》第三十四条、第三十七条",
)  # fmt: skip
