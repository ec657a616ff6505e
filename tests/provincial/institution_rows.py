"""An institution's own tables: who it is, where, with what certificates, people, capabilities and instruments."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from tests.provincial.codes import code
from tests.provincial.days import later, written
from tests.provincial.holdings import Holding
from tests.provincial.platform import Platform
from zhijian.synthetic import Record
from zhijian.synthetic.methods import provinces

_PLACES = {one.code: one for province in provinces().values() for one in province.divisions}


@dataclass
class Desk:
    """One institution while it is written: the platform, and the surrogate keys of what has been written."""

    platform: Platform
    holding: Holding
    rng: Random
    offices: dict[str, int]
    plans: dict[str, int]
    jg_id: int = 0
    cs: dict[str, int] = field(default_factory=dict)
    zs: dict[str, int] = field(default_factory=dict)
    ry: dict[str, int] = field(default_factory=dict)
    yq: dict[str, int] = field(default_factory=dict)

    @cached_property
    def names(self) -> dict[str, str]:
        return self.holding.names()

    @cached_property
    def shared_names(self) -> set[str]:
        """Names that two of the institution's people bear: no look-up by name can tell them apart."""
        return {name for name, times in Counter(self.names.values()).items() if times > 1}

    def changed(self) -> str:
        """When a row was last changed, as `xgsj` says."""
        rng = self.rng
        return f"{later('2024-01-01', rng.randrange(910))} {rng.randrange(8, 19):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def write_institution(desk: Desk) -> None:
    records = desk.holding.records
    _institution(desk, records["institution"][0])
    for one in records["site"]:
        desk.cs[one["site_no"]] = desk.platform.add(
            "jg_changsuo",
            {"jg_id": desk.jg_id, "csbh": one["site_no"], "场所名称": one["name"], "xzqh": one["division"], "dz": one["address"],
             "qyrq": one["used_from"], "tyrq": one.get("used_to"), "sfsc": "0", "xgsj": desk.changed()},
            "site", (one["uscc"], one["site_no"]))  # fmt: skip
    _certificates(desk)
    _people(desk)
    _capabilities(desk)
    _instruments(desk)


def _institution(desk: Desk, it: Record) -> None:
    place, address = _PLACES[it["division"]], it["address"]
    sheng = next(one.name for one in provinces().values() if address.startswith(one.name))
    rest = address[len(sheng) :]
    shi = place.city if rest.startswith(place.city) and place.city != sheng else ""
    changed = desk.changed()
    desk.jg_id = desk.platform.add(
        "jg_jbxx",
        {"机构名称": it["name"], "tyshxydm": it["uscc"], "frlx": code("frlx", it["legal_form"]), "sfdl": str(int(it["independent"])),
         "syz": code("syz", it["ownership"]), "xzqh": it["division"], "dz_sheng": sheng, "dz_shi": shi, "dz_xx": rest[len(shi) :],
         "fddbr": it["legal_representative"], "jsfzr": it["technical_manager"], "zlfzr": it["quality_manager"],
         "lxdh": it["contact_phone"], "zxdh": it["public_phone"], "jcly": ",".join(it["fields"]), "rysl": str(it["staff_count"]),
         "csmj": f"{it['area_m2']:g}㎡", "xyfl": it["credit_class"], "clrq": written(it["established_on"], "2026年3月5日"),
         "sfsc": "0", "cjsj": f"{it['established_on']} 00:00:00", "xgsj": changed},
        "institution", (it["uscc"],))  # fmt: skip
    if desk.rng.random() < 0.5:
        old = {"jg_id": desk.jg_id, "机构名称": it["name"].replace("有限公司", "站"), "fddbr": "王某", "dz_xx": "旧址"}
        desk.platform.plain("jg_jbxx_ls", old | {"bgsj": "2018-03-01 10:00:00"})


def _certificates(desk: Desk) -> None:
    add, records = desk.platform.add, desk.holding.records
    states = {one["number"]: one for one in records["certificate_state"]}
    for one in records["certificate"]:
        now = states[one["number"]]["state"] if one["number"] in states and "to_on" not in states[one["number"]] else "有效"
        desk.zs[one["number"]] = add(
            "zs_zhengshu",
            {"jg_id": desk.jg_id, "zsbh": one["number"], "fzjg": desk.offices[one["authority"]], "fzrq": one["issued_on"],
             "yxqz": one["expires_on"], "zszt": code("zszt", now), "sfsc": "0", "xgsj": desk.changed()},
            "certificate", (one["number"],))  # fmt: skip
    for one in records["certificate_state"]:
        row = {"zs_id": desk.zs[one["number"]], "zt": code("zszt", one["state"]), "yy": one.get("reason"), "xgsj": desk.changed()}
        row |= {"ksrq": written(one["from_on"], "2026/3/5"), "jsrq": written(one.get("to_on"), "2026/3/5")}
        add("zs_zhuangtai", row, "certificate_state", (one["number"], one["from_on"]))
    for one in records["certificate_change"]:
        add("zs_biangeng",
            {"zs_id": desk.zs[one["number"]], "变更编号": one["change_no"], "变更事项": code("bgsx", one["kind"]), "变更前": one["old"],
             "变更后": one["new"], "fsrq": one["happened_on"], "sqrq": one["applied_on"], "bjrq": one["decided_on"],
             "blyj": one["outcome"], "sxrq": one["effective_on"]},
            "certificate_change", (one["number"], one["change_no"]))  # fmt: skip


def _people(desk: Desk) -> None:
    records = desk.holding.records
    for one in records["staff"]:
        desk.ry[one["staff_no"]] = desk.platform.add(
            "jg_renyuan",
            {"jg_id": desk.jg_id, "rybh": one["staff_no"], "姓名": one["name"], "gw": "、".join(one["roles"]),
             "zc": code("zc", one["title_level"]), "xl": code("xl", one["education"]), "rzrq": written(one["employed_from"], "20260305"),
             "lzrq": written(one.get("employed_to"), "20260305"), "sfsc": "0", "xgsj": desk.changed()},
            "staff", (one["uscc"], one["staff_no"]))  # fmt: skip
    for one in records["authorisation"]:
        row = {"ry_id": desk.ry[one["staff_no"]], "sqly": "、".join(one["categories"])}
        row |= {"sqrq": one["from_on"], "zzrq": one.get("to_on")}
        desk.platform.add("jg_sqqzr", row, "authorisation", (one["uscc"], one["staff_no"], one["from_on"]))


def _capabilities(desk: Desk) -> None:
    add, records = desk.platform.add, desk.holding.records
    rows: dict[tuple[str, str, str], int] = {}
    for one in records["capability"]:
        key = (one["number"], one["site_no"], one["sequence"])
        rows[key] = add(
            "nl_fubiao",
            {"zs_id": desk.zs[one["number"]], "cs_id": desk.cs[one["site_no"]], "xh": one["sequence"], "lb": one["category"],
             "dx": one["object"], "cs": one["parameter"], "bz": f"{one['standard']}《{one['standard_name']}》",
             "xzfw": one.get("restriction"), "pc": code("pc", one["batch"]), "sxrq": one["valid_from"], "zzrq": one.get("valid_to"),
             "xgsj": desk.changed()},
            "capability", key)  # fmt: skip
    for one in records["capability_level"]:
        key = (one["number"], one["site_no"], one["sequence"])
        row = {"nl_id": rows[key], "jb": one["level"], "xh": one["level_no"], "mc": one["name"]}
        add("nl_cengji", row, "capability_level", (*key, one["level"]))


def _instruments(desk: Desk) -> None:
    add, records = desk.platform.add, desk.holding.records
    for one in records["instrument"]:
        desk.yq[one["management_no"]] = add(
            "sb_yiqi",
            {"jg_id": desk.jg_id, "glbh": one["management_no"], "csbh": one["site_no"], "仪器名称": one["name"], "ggxh": one["model"],
             "ccbh": one["serial_no"], "sccj": one["maker"], "cq": code("cq", one["ownership"]), "sfjd": str(int(one["needs_calibration"])),
             "zt": code("sbzt", one["state"]), "qyrq": written(one["used_from"], "2026/3/5"),
             "tyrq": written(one.get("used_to"), "2026/3/5"), "sfsc": "0", "xgsj": desk.changed()},
            "instrument", (one["uscc"], one["management_no"]))  # fmt: skip
    for one in records["calibration"]:
        add("sb_jianding",
            {"yq_id": desk.yq[one["management_no"]], "lx": code("jdlx", one["kind"]), "zsh": one["certificate_no"],
             "jddw": one["provider"], "jdrq": one["calibrated_on"], "yxrq": one["due_on"], "jl": str(int(one["passed"]))},
            "calibration", (one["uscc"], one["management_no"], one["calibrated_on"]))  # fmt: skip
