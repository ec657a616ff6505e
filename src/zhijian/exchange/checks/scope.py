"""SQL that says which tests the capability tables cover; shared by scope and signatory.

Texts are compared as admission of reports compares them. What is compared is the few distinct pairs of parameter and standard, not the
items: normalising thirty million texts would cost more than all joins.
"""

from zhijian.exchange.checks.relation import ALWAYS, plain_standard, plain_text

_YEARLESS = "regexp_replace({0}, '[-:](19|20)?[0-9]{{2}}$', '')"


def marked_items(report: str = "") -> str:
    """`j`: items of reports with the mark. n certificate, s site, p parameter, m method, d day. `report`: more of the report."""
    return f"""j AS (SELECT i._row AS item, text(r.certificate_number) AS n, text(r.site_no) AS s, text(i.parameter) AS p,
  text(i.standard) AS m, i.tested_on AS d{report} FROM report_item i JOIN report r
  ON text(i.uscc) = text(r.uscc) AND text(i.own_number) = text(r.own_number) WHERE r.cma_marked)"""


PAIRS = f"""k AS (SELECT DISTINCT n, s, p, m FROM j),
w AS (SELECT *, {plain_text("p")} AS np, {plain_standard("m")} AS nm FROM k),
c AS (SELECT text(t.number) AS cn, text(t.site_no) AS cs, {plain_text("text(t.parameter)")} AS cp,
  {plain_standard("text(t.standard)")} AS cm, text(t.category) AS category, t.valid_from AS f,
  coalesce(maybe(t.valid_to), {ALWAYS}) AS t FROM capability t)"""
COVERED = """ok AS (SELECT w.n, w.s, w.p, w.m, c.f, c.t, c.category FROM w
  JOIN c ON w.n = c.cn AND w.s = c.cs AND w.np = c.cp AND w.nm = c.cm)"""
OTHER_YEAR = f"""near AS (SELECT w.n, w.s, w.p, w.m, c.f, c.t, c.cm FROM w
  JOIN c ON w.n = c.cn AND w.s = c.cs AND w.np = c.cp AND {_YEARLESS.format("w.nm")} = {_YEARLESS.format("c.cm")}
  WHERE w.nm <> c.cm)"""


def matched(a: str, b: str) -> str:
    """The test `a` and the row of the capability table `b` belong together on the day of the test."""
    each = " AND ".join(f"{a}.{x} = {b}.{x}" for x in ("n", "s", "p", "m"))
    return f"{each} AND {b}.f <= {a}.d AND {b}.t >= {a}.d"
