"""Which columns of which tables are spoilt, how, and what share of rows. Shares are of the rows that are records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planting:
    """`column` ends in `?` for a slot of a wide row. `hint`: date style, kind of code, separator, unit, or the unit's column."""

    kind: str
    column: str
    element: str
    hint: str = ""


def _read(text: str) -> tuple[Planting, ...]:
    """A line each: kind, column, element, hint."""
    return tuple(Planting(*line.split()) for line in text.strip().splitlines())


SHARES = {
    "jg_jbxx": 0.3, "jg_changsuo": 0.2, "jg_renyuan": 0.08, "jg_sqqzr": 0.15, "zs_zhengshu": 0.2, "zs_zhuangtai": 0.2, "zs_biangeng": 0.2,
    "nl_fubiao": 0.04, "nl_cengji": 0.01, "sb_yiqi": 0.05, "sb_jianding": 0.03, "yp_yangpin": 0.08, "bg_zhubiao": 0.1,
    "bg_kuanbiao": 0.12, "bg_jcxm": 0.06, "bg_fuma": 0.02, "能力验证计划": 0.1, "能力验证结果": 0.15, "jd_jiancha": 0.2,
    "jd_wenti": 0.2, "jd_zhenggai": 0.2, "行政处罚": 0.4, "xy_fenlei": 0.1, "举报投诉": 0.1, "年度报告": 0.15,
}  # fmt: skip
"""Of rows a cell of which is tried; where the kind whose turn it is does not apply, the next is."""

EXTRAS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "jg_jbxx": (("stale_twin", "fddbr", 0.1), ("mistyped_twin", "tyshxydm", 0.1), ("soft_deleted", "机构名称", 0.1), ("test_row", "机构名称", 0.05)),
    "jg_renyuan": (("twin", "", 0.01), ("stale_twin", "gw", 0.02), ("soft_deleted", "rybh", 0.02)),
    "sb_yiqi": (("stale_twin", "ggxh", 0.01), ("soft_deleted", "glbh", 0.02)),
    "sb_jianding": (("twin", "", 0.005), ("orphan", "yq_id", 0.005)),
    "bg_zhubiao": (("twin", "", 0.005), ("stale_twin", "jl", 0.02), ("soft_deleted", "bgbh", 0.03)),
    "bg_jcxm": (("twin", "", 0.01), ("orphan", "bg_id", 0.01)),
}  # fmt: skip
"""Table → (kind, column that tells the row from the true one, share)."""

CELLS: dict[str, tuple[Planting, ...]] = {
    "jg_jbxx": _read("""
        blanks 机构名称 name
        lower_case tyshxydm uscc
        odd_date clrq established_on 2026年3月5日
        full_width lxdh contact_phone
        code_as_text frlx legal_form frlx
        unit_in_cell rysl staff_count +人
        full_width tyshxydm uscc
        line_break 机构名称 name
        missing zxdh public_phone
        separator jcly fields ,
        wrong_year clrq established_on"""),
    "jg_changsuo": _read("""
        slash tyrq used_to
        blanks dz address
        odd_date qyrq used_from 2026-03-05"""),
    "jg_renyuan": _read("""
        separator gw roles 、
        inner_blank 姓名 name
        odd_date rzrq employed_from 20260305
        code_as_text zc title_level zc
        slash lzrq employed_to
        excel_date rzrq employed_from 20260305
        unknown_code xl education
        blanks 姓名 name
        impossible_date rzrq employed_from 20260305"""),
    "jg_sqqzr": _read("""
        separator sqly categories 、
        zero_date zzrq to_on"""),
    "zs_zhengshu": _read("""
        full_width zsbh number
        blanks zsbh number"""),
    "zs_zhuangtai": _read("""
        code_as_text zt state zszt
        odd_date ksrq from_on 2026/3/5"""),
    "zs_biangeng": _read("""
        odd_date sqrq applied_on 2026-03-05
        code_as_text 变更事项 kind bgsx
        missing sqrq applied_on"""),
    "nl_fubiao": _read("""
        slash xzfw restriction
        blanks cs parameter
        full_width bz standard
        code_as_text pc batch pc
        line_break dx object
        zero_date sxrq valid_from"""),
    "nl_cengji": _read("blanks mc name"),
    "sb_yiqi": _read("""
        slash clfw range
        code_as_text zt state sbzt
        odd_date qyrq used_from 2026/3/5
        full_width ccbh serial_no
        slash tyrq used_to
        blanks 仪器名称 name
        missing csbh site_no
        excel_date qyrq used_from 2026/3/5
        slash zqd accuracy
        unknown_code zt state"""),
    "sb_jianding": _read("""
        code_as_text jl passed pd
        blanks zsh certificate_no
        full_width zsh certificate_no
        missing jddw provider
        code_as_text lx kind jdlx
        zero_date jdrq calibrated_on
        wrong_year yxrq due_on"""),
    "yp_yangpin": _read("""
        separator cyr sampled_by 、
        slash ph batch
        blanks ypmc name
        full_width ypsl quantity
        missing ypzt condition
        code_as_text yply origin jylb
        missing jssj received_at"""),
    "bg_zhubiao": _read("""
        blanks ypmc sample_name
        code_as_text pd verdict pd
        odd_date jyrq received_on 2026-03-05
        full_width zsbh certificate_number
        overlong jl conclusion
        excel_date jcks tested_from 2026-03-05
        line_break wtdw client_name
        code_as_text jylb kind jylb
        zero_date qfrq issued_on
        wrong_reference zsbh certificate_number
        missing wtdz client_address
        impossible_date jcjs tested_to 2026-03-05
        garbled wtdw client_name"""),
    "bg_kuanbiao": _read("""
        unit_in_cell 结果? result 单位?
        full_width 结果? result
        html_entity 限值? limit
        blanks 检测项目? parameter
        code_as_text 判定? verdict pd
        slash 单位? unit
        odd_date 检测日期? tested_on 2026/3/5
        missing 结果? result"""),
    "bg_jcxm": _read("""
        unit_in_cell jg result dw
        html_entity xz limit
        full_width jg result
        blanks jcxm parameter
        code_as_text pd verdict pd
        odd_date jcrq tested_on 2026.03.05
        slash xz limit
        excel_date jcrq tested_on 2026.03.05
        unknown_code pd verdict
        missing jg result
        impossible_date jcrq tested_on 2026.03.05"""),
    "bg_fuma": _read("blanks 编码 code"),
    "能力验证计划": _read("odd_date 截止日期 closed_on 2026-03-05"),
    "能力验证结果": _read("""
        lower_case 机构代码 uscc
        full_width z值 z_score
        blanks 评价 judgement"""),
    "jd_jiancha": _read("""
        separator zfry inspectors 、
        code_as_text jcfs kind jcfs
        missing jcrw task"""),
    "jd_wenti": _read("""
        code_as_text wtxz nature wtxz
        odd_date zgqx rectification_due_on 2026-03-05
        line_break wtms description"""),
    "jd_zhenggai": _read("""
        code_as_text zgzt state zgzt
        odd_date tjrq submitted_on 2026-03-05"""),
    "行政处罚": _read("""
        money_in_wan 罚款金额 fine
        unit_in_cell 罚款金额 fine +元
        separator 处罚种类 kinds 、
        odd_date 决定日期 decided_on 2026年3月5日"""),
    "xy_fenlei": _read("lower_case xydj class"),
    "举报投诉": _read("""
        slash 报告编码 code
        slash 联系方式 contact
        blanks 类型 kind"""),
    "年度报告": _read("""
        unit_in_cell 年度 year +年度
        odd_date tjrq submitted_on 2026-03-05"""),
}
