"""The thirty tables of the invented platform, as SQLAlchemy sees them: the same on every kind of source.

Names are mixed as they are in such platforms: pinyin initials (`jg_jbxx`), pinyin words (`bg_zhubiao`), Chinese.
A column is written `name:length` for VARCHAR, `name#` for INT, `name.` for DECIMAL(14,2), `name%` for DATE, `name@` for
DATETIME, `name*` for TEXT. The first column is the surrogate key.
"""

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

METADATA = sa.MetaData()

SLOTS = 6
"""Items side by side in one row of `bg_kuanbiao`."""
WIDE = ("检测项目", "检测依据", "结果", "单位", "限值", "判定", "仪器", "检测日期", "检测人")

CHANGED = "xgsj"
"""The column of the last change, on the tables that have one."""

_DAY = sa.Date().with_variant(sa.Text(), "sqlite")
_MOMENT = sa.DateTime().with_variant(sa.Text(), "sqlite")
"""SQLite has no type for days: such platforms keep them as text, and 0000-00-00 with them."""


def _column(word: str) -> sa.Column[object]:
    kinds: dict[str, TypeEngine[object]] = {
        "#": sa.Integer(), ".": sa.Numeric(14, 2), "%": _DAY, "@": _MOMENT, "*": sa.Text(),
    }  # fmt: skip
    if word[-1] in kinds:
        return sa.Column(word[:-1], kinds[word[-1]], nullable=True, index=word.endswith("_id#"))
    name, length = word.split(":")
    return sa.Column(name, sa.String(int(length)), nullable=True)


def _table(name: str, key: str, words: str, *, engine: str = "InnoDB", charset: str = "utf8mb4") -> sa.Table:
    columns = [sa.Column(key, sa.Integer(), primary_key=True, autoincrement=False), *map(_column, words.split())]
    return sa.Table(name, METADATA, *columns, mysql_engine=engine, mysql_default_charset=charset)


_wide = " ".join(
    f"{what}{slot}:{length}"
    for slot in range(1, SLOTS + 1)
    for what, length in zip(WIDE, (200, 80, 200, 40, 100, 10, 100, 20, 30), strict=True)
)

# the platform's own
_table("sys_dict", "dict_id", "dict_type:30 dict_code:20 dict_name:100 sfsc:1")
_table("sys_zzjg", "zz_id", "pid# zzmc:100 xzqh:6 jb:1")
_table("sys_rizhi", "rz_id", "yh:30 cz:50 dx:50 dx_id# ip:40 sj@", engine="MyISAM")
_table("sys_fujian", "fj_id", "ywlx:20 yw_id# 文件名:200 路径:300 大小# scsj@", engine="MyISAM")

# institutions
_table("jg_jbxx", "jg_id",
       "机构名称:200 tyshxydm:60 frlx:10 sfdl:2 syz:2 xzqh:6 dz_sheng:30 dz_shi:60 dz_xx:200 fddbr:50 jsfzr:50 zlfzr:50 "
       "lxdh:60 zxdh:60 jcly:100 rysl:20 csmj:30 xyfl:4 clrq:30 sfsc:1 cjsj@ xgsj@")  # fmt: skip
_table("jg_jbxx_ls", "ls_id", "jg_id# 机构名称:200 fddbr:50 dz_xx:200 bgsj@")
_table("jg_changsuo", "cs_id", "jg_id# csbh:10 场所名称:200 xzqh:6 dz:300 qyrq:30 tyrq:30 sfsc:1 xgsj@")
_table("jg_renyuan", "ry_id",
       "jg_id# rybh:30 姓名:50 gw:200 zc:10 xl:10 rzrq:30 lzrq:30 sfsc:1 xgsj@")  # fmt: skip
_table("jg_sqqzr", "sq_id", "ry_id# sqly:500 sqrq% zzrq%")
_table("zs_zhengshu", "zs_id", "jg_id# zsbh:40 fzjg# fzrq% yxqz% zszt:10 sfsc:1 xgsj@")
_table("zs_zhuangtai", "zt_id", "zs_id# zt:10 ksrq:30 jsrq:30 yy:500 xgsj@")
_table("zs_biangeng", "bg_id", "zs_id# 变更编号:40 变更事项:10 变更前:1000 变更后:1000 fsrq:30 sqrq:30 bjrq:30 blyj:50 sxrq:30")
_table("nl_fubiao", "nl_id",
       "zs_id# cs_id# xh:30 lb:100 dx:200 cs:200 bz:400 xzfw:500 pc:10 sxrq% zzrq% xgsj@", charset="gbk")  # fmt: skip
_table("nl_cengji", "cj_id", "nl_id# jb# xh:30 mc:200")
_table("sb_yiqi", "yq_id",
       "jg_id# glbh:40 csbh:10 仪器名称:100 ggxh:100 ccbh:60 sccj:200 cq:10 clfw:100 zqd:100 sfjd:4 zt:10 qyrq:30 tyrq:30 "
       "sfsc:1 xgsj@")  # fmt: skip
_table("sb_jianding", "jd_id", "yq_id# lx:10 zsh:60 jddw:200 jdrq@ yxrq@ jl:10", engine="MyISAM")

# samples and reports
_table("yp_yangpin", "yp_id",
       "jg_id# ypbh:60 ypmc:200 yply:10 ph:100 scdw:200 wtdw:200 ypsl:30 ypzt:500 cysj:30 cyr:200 cydd:300 jwd:40 "
       "jssj:30 jsr:50 csbh:10 bctj:200 lyq:30 czfs:10 xgsj@")  # fmt: skip
_table("bg_zhubiao", "bg_id",
       "jg_id# yp_id# bgbh:60 zsbh:40 csbh:10 bgbt:200 bgxs:10 jylb:10 wtdw:200 wtdz:300 ypmc:200 ypsl:10 cyrq:30 jyrq:30 "
       "jcks:30 jcjs:30 bzr:30 shr:30 qzr_id# qfrq@ pd:10 jl:2000 sfbz:4 wjzy:64 zysf:10 ys:10 gs:1 sfsc:1 cjsj@ "
       "xgsj@")  # fmt: skip
_table("bg_kuanbiao", "kb_id", f"bg_id# {_wide} xgsj@")
_table("bg_jcxm", "xm_id", "bg_id# xh:10 jcxm:200 jcyj:80 jg:240 dw:40 xz:100 pd:10 yqbh:100 jcrq:30 jcr:30")
_table("bg_fuma", "fm_id", "bg_id# 编码:30 变化时间@ 状态:20 变更方:10 变更者:200 原因:500")

# supervision
_table("能力验证计划", "jh_id", "计划编号:60 计划名称:200 方式:10 组织部门:100 提供者:200 领域:4 发放日期:30 截止日期:30 公布日期:30")
_table("能力验证结果", "jg_id", "jh_id# 机构代码:60 序号# 参数:200 标准:80 机构结果:100 指定值:100 z值:20 评价:10 后续处理:500")
_table("jd_jiancha", "jc_id",
       "jg_id# jcbh:60 jcfs:10 jcrw:200 zz_id# lhbm:200 zfry:200 zjry:200 csbh:10 jcksrq% jcjsrq% ccbgs# jcjg:10 gsrq% "
       "sfsc:1 xgsj@")  # fmt: skip
_table("jd_wenti", "wt_id",
       "jc_id# wtxh# wtxz:10 wtms* flmc:100 tk:60 xwksrq:30 xwjsrq:30 sjry:200 sjsb:200 zj:1000 zgqx:30 xgsj@")  # fmt: skip
_table("jd_zhenggai", "zg_id", "wt_id# zgcs# yyfx:2000 zgcs_nr:2000 tjrq:30 zgzt:10 ysrq:30 ysyj:1000 xgsj@")
_table("行政处罚", "cf_id",
       "jg_id# 决定书文号:60 处罚机关# 处罚种类:100 违法事实* 处罚依据:500 罚款金额:30 没收金额:30 情节严重:4 责任人员:100 "
       "jc_id# 决定日期:30 决定状态:10 公示日期:30 xgsj@")  # fmt: skip
_table("xy_fenlei", "xy_id", "jg_id# flrq% xydj:4 zz_id# flgz:200 df. pjqq% pjqz% yxz% ly:1000")
_table("举报投诉", "ts_id", "回执编号:20 类型:20 报告编码:30 机构名称:200 情况说明* 联系方式:100 照片数:4 收到时间@ 进度:20 xgsj@")
_table("年度报告", "nb_id",
       "jg_id# 年度:10 tjrq:30 cxfh:4 qksm:1000 ryrs# yqsl# mj:30 bgs# cmabgs# sr. fbs# nlyzcs#")  # fmt: skip
