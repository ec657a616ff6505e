"""Proficiency tests, inspections and what came of them, credit, complaints, annual reports."""

from tests.provincial.codes import code
from tests.provincial.days import written
from tests.provincial.institution_rows import Desk
from tests.provincial.platform import Row
from zhijian.synthetic import Record


def write_oversight(desk: Desk) -> None:
    _proficiency(desk)
    rounds = _inspections(desk)
    for one in desk.holding.records["penalty"]:
        desk.platform.add(
            "行政处罚",
            {"jg_id": desk.jg_id, "决定书文号": one["decision_no"], "处罚机关": desk.offices[one["authority"]],
             "处罚种类": "、".join(one["kinds"]), "违法事实": one["facts"], "处罚依据": one["law"], "罚款金额": f"{one['fine']:g}",
             "没收金额": f"{one['confiscated']:g}", "情节严重": "是" if one["serious"] else "否", "责任人员": "、".join(one["persons"]),
             "jc_id": rounds[one["inspection_no"]], "决定日期": written(one["decided_on"], "2026年3月5日"), "决定状态": one["state"],
             "公示日期": written(one["published_on"], "2026年3月5日"), "xgsj": desk.changed()},
            "penalty", (one["decision_no"],))  # fmt: skip
    _statistics(desk)


def _proficiency(desk: Desk) -> None:
    records, add = desk.holding.records, desk.platform.add
    for one in records["proficiency_test"]:
        desk.plans[one["plan_no"]] = add(
            "能力验证计划",
            {"计划编号": one["plan_no"], "计划名称": one["name"], "方式": one["kind"], "组织部门": one["organiser"],
             "提供者": one["provider_name"], "领域": one["field"], "发放日期": one["started_on"], "截止日期": one["closed_on"],
             "公布日期": one["published_on"]},
            "proficiency_test", (one["plan_no"],))  # fmt: skip
    for one in records["proficiency_result"]:
        add("能力验证结果",
            {"jh_id": desk.plans[one["plan_no"]], "机构代码": one["uscc"], "序号": one["seq"], "参数": one["parameter"], "标准": one["standard"],
             "机构结果": one["reported"], "指定值": one["assigned"], "z值": f"{one['z_score']:.2f}", "评价": one["judgement"],
             "后续处理": one.get("handled")},
            "proficiency_result", (one["plan_no"], one["seq"]))  # fmt: skip


def _inspections(desk: Desk) -> dict[str, int]:
    records, add = desk.holding.records, desk.platform.add
    rounds: dict[str, int] = {}
    found: dict[tuple[str, int], int] = {}
    for one in records["inspection"]:
        rounds[one["inspection_no"]] = add(
            "jd_jiancha",
            {"jg_id": desk.jg_id, "jcbh": one["inspection_no"], "jcfs": code("jcfs", one["kind"]), "jcrw": one["task"],
             "zz_id": desk.offices[one["authority"]], "lhbm": "、".join(one["joint"]) if "joint" in one else None,
             "zfry": "、".join(one["inspectors"]), "zjry": "、".join(one["experts"]), "csbh": one["site_no"], "jcksrq": one["began_on"],
             "jcjsrq": one["ended_on"], "ccbgs": one["reports_examined"], "jcjg": one["outcome"], "gsrq": one["published_on"],
             "sfsc": "0", "xgsj": desk.changed()},
            "inspection", (one["inspection_no"],))  # fmt: skip
    for one in records["finding"]:
        key = (one["inspection_no"], one["finding_no"])
        row = _finding(desk, one) | {"jc_id": rounds[one["inspection_no"]]}
        found[key] = add("jd_wenti", row, "finding", key)
    for one in records["rectification"]:
        row = {"wt_id": found[one["inspection_no"], one["finding_no"]], "zgcs": one["attempt"], "yyfx": one["cause"],
               "zgcs_nr": one["measures"], "tjrq": one["submitted_on"], "zgzt": code("zgzt", one["state"]),
               "ysrq": one.get("accepted_on"), "ysyj": one.get("opinion"), "xgsj": desk.changed()}  # fmt: skip
        add("jd_zhenggai", row, "rectification", (one["inspection_no"], one["finding_no"], one["attempt"]))
    return rounds


def _finding(desk: Desk, one: Record) -> Row:
    people, units = one.get("staff_nos"), one.get("instruments")
    return {
        "wtxh": one["finding_no"], "wtxz": code("wtxz", one["nature"]), "wtms": one["description"], "flmc": one["law"], "tk": one["article"],
        "xwksrq": one["conduct_from"], "xwjsrq": one["conduct_to"], "sjry": "、".join(desk.names[no] for no in people) if people else None,
        "sjsb": "、".join(units) if units else None, "zj": one["evidence"], "zgqx": one["rectification_due_on"], "xgsj": desk.changed(),
    }  # fmt: skip


def _statistics(desk: Desk) -> None:
    records, add = desk.holding.records, desk.platform.add
    for one in records["credit"]:
        add("xy_fenlei",
            {"jg_id": desk.jg_id, "flrq": one["assessed_on"], "xydj": one["class"], "zz_id": desk.offices[one["authority"]],
             "flgz": one["rules"], "df": f"{one['points']:.2f}", "pjqq": one["period_from"], "pjqz": one["period_to"],
             "yxz": one["valid_to"]},
            "credit", (one["uscc"], one["assessed_on"]))  # fmt: skip
    for one in records["annual_report"]:
        add("年度报告",
            {"jg_id": desk.jg_id, "年度": str(one["year"]), "tjrq": one["submitted_on"], "cxfh": "Y" if one["conditions_kept"] else "N",
             "ryrs": one["staff_count"], "yqsl": one["instrument_count"], "mj": f"{one['area_m2']:g}㎡", "bgs": one["report_count"],
             "cmabgs": one["cma_report_count"], "sr": f"{one['revenue']:.2f}", "fbs": one["subcontracted_count"],
             "nlyzcs": one["proficiency_count"]},
            "annual_report", (one["uscc"], one["year"]))  # fmt: skip
    for one in records["complaint"]:
        add("举报投诉",
            {"回执编号": one["receipt"], "类型": code("tslx", one["kind"]), "机构名称": one["institution_name"], "情况说明": one["words"],
             "联系方式": one.get("contact"), "照片数": str(one["photos"]), "收到时间": one["received_at"][:19].replace("T", " "),
             "进度": code("tsjd", one["state"]), "xgsj": desk.changed()},
            "complaint", (one["receipt"],))  # fmt: skip
