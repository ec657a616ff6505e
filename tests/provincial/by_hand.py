"""A mapping of the whole platform written by hand: the proof that the truth is right, and a yardstick for others.

Out of dirty tables it makes the records of the specification, leaves out the rows that are none, and puts None-less dicts
out under the keys of `true_records`. It knows nothing of the truth and nothing of how dirt is planted.
"""

# ruff: noqa: E501 - a row of the table is a line, however long
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.provincial.cells import code, day, figure, many, moment, result, text, yes
from tests.provincial.truth import Key
from zhijian.synthetic import Record
from zhijian.synthetic.numbers import uscc_check

Row = dict[str, Any]
Tables = dict[str, dict[int, Row]]
Made = tuple[str, Key, Record]


def records(tables: Tables) -> Iterator[Made]:
    """Every record, once."""
    it = _ByHand(tables)
    for part in (it.institutions, it.certificates, it.resources, it.reports, it.items, it.supervision, it.statistics):
        for entity, key, record in part():
            yield entity, key, {name: value for name, value in record.items() if value is not None}


def _best(rows: dict[int, Row], key: Callable[[Row], Any]) -> dict[int, Row]:
    """Not deleted; of rows with one key the last changed, of equal ones the first."""
    found: dict[Any, tuple[int, Row]] = {}
    for pk, row in sorted(rows.items()):
        if row.get("sfsc") != "1":
            other = found.get(key(row))
            if other is None or (row.get("xgsj") or "") > (other[1].get("xgsj") or ""):
                found[key(row)] = pk, row
    return dict(found.values())


def _upper(cell: Any) -> str:
    return (text(cell) or "").upper()


class _ByHand:
    def __init__(self, tables: Tables) -> None:
        self.t = tables
        valid = {pk: row for pk, row in tables["jg_jbxx"].items() if _good_uscc(_upper(row["tyshxydm"]))}
        self.jg = _best(valid, lambda row: _upper(row["tyshxydm"]))
        self.uscc = {pk: _upper(row["tyshxydm"]) for pk, row in self.jg.items()}
        self.office = {pk: row["zzmc"] for pk, row in tables["sys_zzjg"].items()}
        self.number = {pk: text(row["zsbh"]) for pk, row in tables["zs_zhengshu"].items()}
        self.site = {pk: row["csbh"] for pk, row in tables["jg_changsuo"].items()}
        self.ry = _best(tables["jg_renyuan"], lambda row: (row["jg_id"], row["rybh"]))
        self.yq = _best(tables["sb_yiqi"], lambda row: (row["jg_id"], text(row["glbh"])))
        self.bg = _best(tables["bg_zhubiao"], lambda row: (row["jg_id"], text(row["bgbh"])))
        self.nos: dict[tuple[int, str], list[str]] = {}
        for row in self.ry.values():
            self.nos.setdefault((row["jg_id"], _name(row)), []).append(row["rybh"])

    def no(self, jg_id: int, name: Any) -> str | None:
        """Staff number, where just one person of that name is there."""
        found = self.nos.get((jg_id, text(name) or ""), [])
        return found[0] if len(found) == 1 else None

    def institutions(self) -> Iterator[Made]:
        for pk, row in self.jg.items():
            it = {"uscc": self.uscc[pk], "name": text(row["机构名称"]), "legal_form": code("frlx", row["frlx"]), "independent": yes(row["sfdl"]),
                  "ownership": code("syz", row["syz"]), "division": row["xzqh"], "address": row["dz_sheng"] + row["dz_shi"] + row["dz_xx"],
                  "legal_representative": row["fddbr"], "technical_manager": row["jsfzr"], "quality_manager": row["zlfzr"],
                  "contact_phone": text(row["lxdh"]), "public_phone": text(row["zxdh"]), "fields": many(row["jcly"]),
                  "staff_count": figure(row["rysl"]), "area_m2": figure(row["csmj"]), "credit_class": row["xyfl"], "established_on": day(row["clrq"])}  # fmt: skip
            yield "institution", (self.uscc[pk],), it
        for row in self.t["jg_changsuo"].values():
            uscc = self.uscc[row["jg_id"]]
            it = {"uscc": uscc, "site_no": row["csbh"], "name": row["场所名称"], "division": row["xzqh"], "address": text(row["dz"]),
                  "used_from": day(row["qyrq"]), "used_to": day(row["tyrq"])}  # fmt: skip
            yield "site", (uscc, row["csbh"]), it

    def certificates(self) -> Iterator[Made]:
        for pk, row in self.t["zs_zhengshu"].items():
            it = {"number": self.number[pk], "uscc": self.uscc[row["jg_id"]], "authority": self.office[row["fzjg"]], "issued_on": day(row["fzrq"]),
                  "expires_on": day(row["yxqz"])}  # fmt: skip
            yield "certificate", (self.number[pk],), it
        for row in self.t["zs_zhuangtai"].values():
            number, since = self.number[row["zs_id"]], day(row["ksrq"])
            it = {
                "number": number,
                "state": code("zszt", row["zt"]),
                "from_on": since,
                "to_on": day(row["jsrq"]),
                "reason": row["yy"],
            }
            yield "certificate_state", (number, since), it
        for row in self.t["zs_biangeng"].values():
            number = self.number[row["zs_id"]]
            it = {"number": number, "change_no": row["变更编号"], "kind": code("bgsx", row["变更事项"]), "old": row["变更前"], "new": row["变更后"],
                  "happened_on": day(row["fsrq"]), "applied_on": day(row["sqrq"]), "decided_on": day(row["bjrq"]), "outcome": row["blyj"],
                  "effective_on": day(row["sxrq"])}  # fmt: skip
            yield "certificate_change", (number, row["变更编号"]), it
        for row in self.t["nl_fubiao"].values():
            key = self._row_key(row)
            standard, name = (text(row["bz"]) or "").rstrip("》").split("《", 1)
            it = dict(zip(("number", "site_no", "sequence"), key, strict=True))
            it |= {"category": row["lb"], "object": text(row["dx"]), "parameter": text(row["cs"]), "standard": standard, "standard_name": name,
                   "restriction": text(row["xzfw"]), "batch": code("pc", row["pc"]), "valid_from": day(row["sxrq"]), "valid_to": day(row["zzrq"])}  # fmt: skip
            yield "capability", key, it
        for row in self.t["nl_cengji"].values():
            key = self._row_key(self.t["nl_fubiao"][row["nl_id"]])
            it = dict(zip(("number", "site_no", "sequence"), key, strict=True))
            yield (
                "capability_level",
                (*key, row["jb"]),
                it | {"level": row["jb"], "level_no": row["xh"], "name": text(row["mc"])},
            )

    def _row_key(self, row: Row) -> Key:
        return self.number[row["zs_id"]], self.site[row["cs_id"]], row["xh"]

    def resources(self) -> Iterator[Made]:
        for row in self.ry.values():
            uscc = self.uscc[row["jg_id"]]
            it = {"uscc": uscc, "staff_no": row["rybh"], "name": _name(row), "roles": many(row["gw"]), "title_level": code("zc", row["zc"]),
                  "education": code("xl", row["xl"]), "employed_from": day(row["rzrq"]), "employed_to": day(row["lzrq"])}  # fmt: skip
            yield "staff", (uscc, row["rybh"]), it
        for row in self.t["jg_sqqzr"].values():
            person = self.ry[row["ry_id"]]
            key = (self.uscc[person["jg_id"]], person["rybh"], day(row["sqrq"]))
            it = dict(zip(("uscc", "staff_no", "from_on"), key, strict=True))
            yield "authorisation", key, it | {"categories": many(row["sqly"]), "to_on": day(row["zzrq"])}
        for row in self.yq.values():
            uscc = self.uscc[row["jg_id"]]
            it = {"uscc": uscc, "management_no": row["glbh"], "site_no": text(row["csbh"]), "name": text(row["仪器名称"]), "model": row["ggxh"],
                  "serial_no": text(row["ccbh"]), "maker": row["sccj"], "ownership": code("cq", row["cq"]), "range": text(row["clfw"]),
                  "accuracy": text(row["zqd"]), "needs_calibration": yes(row["sfjd"]), "state": code("sbzt", row["zt"]),
                  "used_from": day(row["qyrq"]), "used_to": day(row["tyrq"])}  # fmt: skip
            yield "instrument", (uscc, row["glbh"]), it
        there = {pk: row for pk, row in self.t["sb_jianding"].items() if row["yq_id"] in self.yq}
        for row in _best(there, lambda row: (row["yq_id"], row["zsh"])).values():
            unit = self.yq[row["yq_id"]]
            key = (self.uscc[unit["jg_id"]], unit["glbh"], day(row["jdrq"]))
            it = dict(zip(("uscc", "management_no", "calibrated_on"), key, strict=True))
            it |= {"kind": code("jdlx", row["lx"]), "certificate_no": text(row["zsh"]), "provider": text(row["jddw"]), "due_on": day(row["yxrq"]),
                   "passed": yes(row["jl"])}  # fmt: skip
            yield "calibration", key, it

    def reports(self) -> Iterator[Made]:
        for row in self.t["yp_yangpin"].values():
            uscc, jg_id = self.uscc[row["jg_id"]], row["jg_id"]
            amount = re.fullmatch(r"([\d.]+)(.*)", text(row["ypsl"]) or "")
            position = (row["jwd"] or "").split(",")
            people = many(row["cyr"])
            it = {"uscc": uscc, "sample_no": row["ypbh"], "name": text(row["ypmc"]), "origin": code("jylb", row["yply"]), "batch": text(row["ph"]),
                  "producer": row["scdw"], "client_name": row["wtdw"], "quantity": float(amount[1]) if amount else None,
                  "quantity_unit": amount and amount[2], "condition": text(row["ypzt"]), "sampled_at": moment(row["cysj"]),
                  "sampled_by": [self.no(jg_id, name) for name in people] if people else None, "sampling_place": row["cydd"],
                  "longitude": float(position[0]) if position[0] else None, "latitude": float(position[1]) if position[0] else None,
                  "received_at": moment(row["jssj"]), "received_by": self.no(jg_id, row["jsr"]), "site_no": row["csbh"], "storage": row["bctj"],
                  "keep_until": day(row["lyq"]), "disposal": row["czfs"]}  # fmt: skip
            yield "sample", (uscc, row["ypbh"]), it
        known = set(self.number.values())
        for row in self.bg.values():
            uscc, jg_id, sample = self.uscc[row["jg_id"]], row["jg_id"], self.t["yp_yangpin"][row["yp_id"]]
            certificate, client, conclusion = text(row["zsbh"]), text(row["wtdw"]) or "", text(row["jl"])
            it = {"uscc": uscc, "own_number": row["bgbh"], "cma_marked": yes(row["sfbz"]), "certificate_number": certificate if certificate in known else None,
                  "site_no": row["csbh"], "title": row["bgbt"], "form": code("bgxs", row["bgxs"]), "kind": code("jylb", row["jylb"]),
                  "client_name": None if "锟斤拷" in client else client, "client_address": text(row["wtdz"]), "sample_name": text(row["ypmc"]),
                  "sample_no": sample["ypbh"], "sample_batch": text(sample["ph"]), "producer": sample["scdw"], "sampling_place": sample["cydd"],
                  "sample_count": figure(row["ypsl"]), "sampled_on": day(row["cyrq"]), "received_on": day(row["jyrq"]), "tested_from": day(row["jcks"]),
                  "tested_to": day(row["jcjs"]), "prepared_by": self.no(jg_id, row["bzr"]), "reviewed_by": self.no(jg_id, row["shr"]),
                  "signatory": self.ry[row["qzr_id"]]["rybh"], "issued_on": day(row["qfrq"]), "verdict": code("pd", row["pd"]),
                  "conclusion": conclusion if len(conclusion or "") <= 1000 else None, "file_digest": row["wjzy"],
                  "file_digest_algorithm": code("zysf", row["zysf"]), "file_pages": figure(row["ys"])}  # fmt: skip
            yield "report", (uscc, row["bgbh"]), it
        for row in self.t["bg_fuma"].values():
            key = (text(row["编码"]), moment(row["变化时间"]))
            it = dict(zip(("code", "changed_at"), key, strict=True))
            it |= {
                "state": code("bmzt", row["状态"]),
                "by": code("bgf", row["变更方"]),
                "actor": row["变更者"],
                "reason": row["原因"],
            }
            yield "code_state_change", key, it

    def items(self) -> Iterator[Made]:
        there = {pk: row for pk, row in self.t["bg_jcxm"].items() if row["bg_id"] in self.bg}
        for row in _best(there, lambda row: (row["bg_id"], row["xh"])).values():
            names = ("jcxm", "jcyj", "jg", "dw", "xz", "pd", "yqbh", "jcrq")
            yield self._item(row["bg_id"], int(row["xh"]), [row[name] for name in names], row["jcr"])
        for row in self.t["bg_kuanbiao"].values():
            for slot in range(1, 7):
                if row[f"检测项目{slot}"] is not None:
                    names = ("检测项目", "检测依据", "结果", "单位", "限值", "判定", "仪器", "检测日期")
                    tester = self.no(self.bg[row["bg_id"]]["jg_id"], row[f"检测人{slot}"])
                    yield self._item(row["bg_id"], slot, [row[f"{name}{slot}"] for name in names], tester)

    def _item(self, bg_id: int, seq: int, cells: list[Any], tester: str | None) -> Made:
        report = self.bg[bg_id]
        value, unit = result(cells[2], cells[3])
        it = {"seq": seq, "parameter": text(cells[0]), "standard": cells[1], "result": value, "unit": unit, "limit": text(cells[4], keep="无"),
              "verdict": code("pd", cells[5]), "instruments": many(cells[6]), "tested_on": day(cells[7]), "tester": tester}  # fmt: skip
        return "report_item", (self.uscc[report["jg_id"]], report["bgbh"], seq), it

    def supervision(self) -> Iterator[Made]:
        rounds = self.t["jd_jiancha"]
        for row in rounds.values():
            it = {"inspection_no": row["jcbh"], "uscc": self.uscc[row["jg_id"]], "kind": code("jcfs", row["jcfs"]), "task": text(row["jcrw"]),
                  "authority": self.office[row["zz_id"]], "joint": many(row["lhbm"]), "inspectors": many(row["zfry"]), "experts": many(row["zjry"]),
                  "site_no": row["csbh"], "began_on": day(row["jcksrq"]), "ended_on": day(row["jcjsrq"]), "reports_examined": row["ccbgs"],
                  "outcome": row["jcjg"], "published_on": day(row["gsrq"])}  # fmt: skip
            yield "inspection", (row["jcbh"],), it
        for row in self.t["jd_wenti"].values():
            above, people = rounds[row["jc_id"]], many(row["sjry"])
            it = {"inspection_no": above["jcbh"], "finding_no": row["wtxh"], "nature": code("wtxz", row["wtxz"]), "description": text(row["wtms"]),
                  "law": row["flmc"], "article": row["tk"], "conduct_from": day(row["xwksrq"]), "conduct_to": day(row["xwjsrq"]),
                  "staff_nos": [self.no(above["jg_id"], name) for name in people] if people else None, "instruments": many(row["sjsb"]),
                  "evidence": row["zj"], "rectification_due_on": day(row["zgqx"])}  # fmt: skip
            yield "finding", (above["jcbh"], row["wtxh"]), it
        for row in self.t["jd_zhenggai"].values():
            finding = self.t["jd_wenti"][row["wt_id"]]
            above = rounds[finding["jc_id"]]
            key = (above["jcbh"], finding["wtxh"], row["zgcs"])
            it = dict(zip(("inspection_no", "finding_no", "attempt"), key, strict=True))
            it |= {"uscc": self.uscc[above["jg_id"]], "cause": row["yyfx"], "measures": row["zgcs_nr"], "submitted_on": day(row["tjrq"]),
                   "state": code("zgzt", row["zgzt"]), "accepted_on": day(row["ysrq"]), "opinion": row["ysyj"]}  # fmt: skip
            yield "rectification", key, it
        for row in self.t["行政处罚"].values():
            it = {"decision_no": row["决定书文号"], "uscc": self.uscc[row["jg_id"]], "authority": self.office[row["处罚机关"]], "kinds": many(row["处罚种类"]),
                  "facts": row["违法事实"], "law": row["处罚依据"], "fine": figure(row["罚款金额"]), "confiscated": figure(row["没收金额"]),
                  "serious": yes(row["情节严重"]), "persons": many(row["责任人员"]), "inspection_no": rounds[row["jc_id"]]["jcbh"],
                  "decided_on": day(row["决定日期"]), "state": row["决定状态"], "published_on": day(row["公示日期"])}  # fmt: skip
            yield "penalty", (row["决定书文号"],), it

    def statistics(self) -> Iterator[Made]:
        for row in self.t["能力验证计划"].values():
            it = {"plan_no": row["计划编号"], "name": row["计划名称"], "kind": row["方式"], "organiser": row["组织部门"], "provider_name": row["提供者"],
                  "field": row["领域"], "started_on": day(row["发放日期"]), "closed_on": day(row["截止日期"]), "published_on": day(row["公布日期"])}  # fmt: skip
            yield "proficiency_test", (row["计划编号"],), it
        for row in self.t["能力验证结果"].values():
            it = {"seq": row["序号"], "uscc": _upper(row["机构代码"]), "parameter": row["参数"], "standard": row["标准"], "reported": row["机构结果"],
                  "assigned": row["指定值"], "z_score": figure(row["z值"]), "judgement": text(row["评价"]), "handled": row["后续处理"]}  # fmt: skip
            yield "proficiency_result", (self.t["能力验证计划"][row["jh_id"]]["计划编号"], row["序号"]), it
        for row in self.t["xy_fenlei"].values():
            uscc, on = self.uscc[row["jg_id"]], day(row["flrq"])
            it = {"uscc": uscc, "assessed_on": on, "class": _upper(row["xydj"]), "authority": self.office[row["zz_id"]], "rules": row["flgz"],
                  "points": figure(row["df"]), "period_from": day(row["pjqq"]), "period_to": day(row["pjqz"]), "valid_to": day(row["yxz"]), "reason": row["ly"]}  # fmt: skip
            yield "credit", (uscc, on), it
        for row in self.t["年度报告"].values():
            uscc, year = self.uscc[row["jg_id"]], int(figure(row["年度"]) or 0)
            it = {"uscc": uscc, "year": year, "submitted_on": day(row["tjrq"]), "conditions_kept": yes(row["cxfh"]), "conditions_note": row["qksm"],
                  "staff_count": row["ryrs"], "instrument_count": row["yqsl"], "area_m2": figure(row["mj"]), "report_count": row["bgs"],
                  "cma_report_count": row["cmabgs"], "revenue": figure(row["sr"]), "subcontracted_count": row["fbs"], "proficiency_count": row["nlyzcs"]}  # fmt: skip
            yield "annual_report", (uscc, year), it
        for row in self.t["举报投诉"].values():
            it = {"receipt": row["回执编号"], "kind": code("tslx", row["类型"]), "code": text(row["报告编码"]), "institution_name": row["机构名称"],
                  "words": row["情况说明"], "contact": text(row["联系方式"]), "photos": figure(row["照片数"]), "received_at": moment(row["收到时间"]),
                  "state": code("tsjd", row["进度"])}  # fmt: skip
            yield "complaint", (row["回执编号"],), it


def _name(row: Row) -> str:
    return re.sub(r"\s", "", text(row["姓名"]) or "")


def _good_uscc(code: str) -> bool:
    return len(code) == 18 and code[-1] == uscc_check(code[:17])
