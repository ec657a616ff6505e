"""Samples, reports and their items: wide rows up to a day, long ones since, as two systems left them."""

from collections.abc import Iterator

from tests.provincial.codes import code
from tests.provincial.days import later, written
from tests.provincial.dirt import NAMESAKE
from tests.provincial.institution_rows import Desk
from tests.provincial.platform import Row
from tests.provincial.tables import SLOTS
from tests.provincial.truth import Key
from zhijian.synthetic import Record


NEW_SYSTEM = "2026-02-01"


def is_wide(report: Record) -> bool:
    """Before that day the platform had places for six items; reports with more were always written long."""
    return report["issued_on"] < NEW_SYSTEM and len(report["items"]) <= SLOTS


def write_reports(desk: Desk) -> None:
    records = desk.holding.records
    changes: dict[str, list[Record]] = {}
    for one in records["code_state_change"]:
        changes.setdefault(one["code"][-8:], []).append(one)
    for n, (report, sample) in enumerate(zip(records["report"], records["sample"], strict=True)):
        bg_id = _report(desk, report, _sample(desk, sample))
        if is_wide(report):
            _wide(desk, report, bg_id)
        else:
            _long(desk, report, bg_id)
        for one in changes.get(f"{n:08}", ()):
            row: Row = {"bg_id": bg_id, "编码": one["code"], "变化时间": _moment(one["changed_at"]), "状态": code("bmzt", one["state"])}
            row |= {"变更方": code("bgf", one["by"]), "变更者": one["actor"], "原因": one.get("reason")}
            desk.platform.add("bg_fuma", row, "code_state_change", (one["code"], one["changed_at"]))
        _traces(desk, report, bg_id)


def _moment(iso: str) -> str:
    """Without the zone, which the platform takes for granted."""
    return iso[:19].replace("T", " ")


def _sample(desk: Desk, it: Record) -> int:
    sampled, names = it.get("sampled_at"), desk.names
    day, hour = written(it["received_at"][:10], "2026/3/5"), it["received_at"][11:16]
    return desk.platform.add(
        "yp_yangpin",
        {"jg_id": desk.jg_id, "ypbh": it["sample_no"], "ypmc": it["name"], "yply": code("jylb", it["origin"]), "ph": it.get("batch"),
         "scdw": it.get("producer"), "wtdw": it["client_name"], "ypsl": f"{it['quantity']}{it['quantity_unit']}",
         "ypzt": it["condition"], "cysj": sampled and _moment(sampled)[:16],
         "cyr": "、".join(names[no] for no in it["sampled_by"]) if "sampled_by" in it else None, "cydd": it.get("sampling_place"),
         "jwd": f"{it['longitude']:.6f},{it['latitude']:.6f}" if sampled else None, "jssj": f"{day} {hour}",
         "jsr": names[it["received_by"]] if "received_by" in it else None, "csbh": it["site_no"], "bctj": it["storage"],
         "lyq": it.get("keep_until"), "czfs": it["disposal"], "xgsj": desk.changed()},
        "sample", (it["uscc"], it["sample_no"]))  # fmt: skip


def _report(desk: Desk, it: Record, yp_id: int) -> int:
    key, names = (it["uscc"], it["own_number"]), desk.names
    for column, element in (("bzr", "prepared_by"), ("shr", "reviewed_by")):
        if names[it[element]] in desk.shared_names:
            desk.platform.note("bg_zhubiao", column, NAMESAKE, "report", key, element)
    return desk.platform.add(
        "bg_zhubiao",
        {"jg_id": desk.jg_id, "yp_id": yp_id, "bgbh": it["own_number"], "zsbh": it["certificate_number"], "csbh": it["site_no"],
         "bgbt": it["title"], "bgxs": code("bgxs", it["form"]), "jylb": code("jylb", it["kind"]), "wtdw": it["client_name"],
         "wtdz": it["client_address"], "ypmc": it["sample_name"], "ypsl": str(it["sample_count"]), "cyrq": it.get("sampled_on"),
         "jyrq": it["received_on"], "jcks": it["tested_from"], "jcjs": it["tested_to"], "bzr": names[it["prepared_by"]],
         "shr": names[it["reviewed_by"]], "qzr_id": desk.ry[it["signatory"]], "qfrq": f"{it['issued_on']} 00:00:00",
         "pd": code("pd", it["verdict"]), "jl": it.get("conclusion"), "sfbz": "是" if it["cma_marked"] else "否",
         "wjzy": it["file_digest"], "zysf": code("zysf", it["file_digest_algorithm"]), "ys": str(it["file_pages"]),
         "gs": "1" if is_wide(it) else "2", "sfsc": "0", "cjsj": f"{it['issued_on']} 09:00:00", "xgsj": desk.changed()},
        "report", key)  # fmt: skip


def _keys(report: Record) -> Iterator[tuple[Record, Key]]:
    return ((item, (report["uscc"], report["own_number"], item["seq"])) for item in report["items"])


def _wide(desk: Desk, report: Record, bg_id: int) -> None:
    row: Row = {"bg_id": bg_id, "xgsj": desk.changed()}
    keys = []
    for slot, (item, key) in enumerate(_keys(report), start=1):
        tester = desk.names[item["tester"]]
        if tester in desk.shared_names:
            desk.platform.note("bg_kuanbiao", f"检测人{slot}", NAMESAKE, "report_item", key, "tester")
        keys.append(key)
        row |= {
            f"检测项目{slot}": item["parameter"], f"检测依据{slot}": item["standard"], f"结果{slot}": item["result"],
            f"单位{slot}": item.get("unit"), f"限值{slot}": item.get("limit"), f"判定{slot}": code("pd", item["verdict"]),
            f"仪器{slot}": "、".join(item["instruments"]), f"检测日期{slot}": written(item["tested_on"], "2026/3/5"), f"检测人{slot}": tester,
        }  # fmt: skip
    desk.platform.add_wide("bg_kuanbiao", row, "report_item", keys)


def _long(desk: Desk, report: Record, bg_id: int) -> None:
    for item, key in _keys(report):
        desk.platform.add(
            "bg_jcxm",
            {"bg_id": bg_id, "xh": str(item["seq"]), "jcxm": item["parameter"], "jcyj": item["standard"], "jg": item["result"],
             "dw": item.get("unit"), "xz": item.get("limit"), "pd": code("pd", item["verdict"]), "yqbh": "、".join(item["instruments"]),
             "jcrq": written(item["tested_on"], "2026.03.05"), "jcr": item["tester"]},
            "report_item", key)  # fmt: skip


def _traces(desk: Desk, report: Record, bg_id: int) -> None:
    """What the platform keeps for itself and nobody moves."""
    issued, rng = report["issued_on"], desk.rng
    for act in ("登录", "上传报告")[: 1 + (rng.random() < 0.5)]:
        stamp = f"{later(issued, rng.randrange(2))} {rng.randrange(8, 20):02}:00:00"
        desk.platform.plain("sys_rizhi", {"yh": f"jg{desk.jg_id}", "cz": act, "dx": "bg_zhubiao", "dx_id": bg_id, "ip": "192.0.2.7", "sj": stamp})
    if rng.random() < 0.25:
        desk.platform.plain("sys_fujian", {"ywlx": "bg", "yw_id": bg_id, "文件名": f"{report['sample_name']}.pdf",
            "路径": f"/upload/{issued[:7]}/{bg_id}.pdf", "大小": rng.randrange(40_000, 900_000), "scsj": f"{issued} 10:00:00"})  # fmt: skip
