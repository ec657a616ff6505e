"""What the columns of the invented platform and of the food notices really are, by somebody who knows both schemas.

`alias.column` is a column fetched from another table. Written from what the platform's writers put into each column, not from what
is proposed.
"""

Truth = dict[tuple[str, str], dict[str, str]]
"""(table, entity) → element → column."""


def _words(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


PLATFORM: Truth = {
    ("jg_jbxx", "institution"): _words(
        "name=机构名称 uscc=tyshxydm legal_form=frlx independent=sfdl ownership=syz division=xzqh address=dz_xx "
        "legal_representative=fddbr technical_manager=jsfzr quality_manager=zlfzr contact_phone=lxdh public_phone=zxdh fields=jcly "
        "staff_count=rysl area_m2=csmj credit_class=xyfl established_on=clrq"),
    ("jg_changsuo", "site"): _words(
        "uscc=jg_jbxx.tyshxydm site_no=csbh name=场所名称 division=xzqh address=dz used_from=qyrq used_to=tyrq"),
    ("jg_renyuan", "staff"): _words(
        "uscc=jg_jbxx.tyshxydm staff_no=rybh name=姓名 roles=gw title_level=zc education=xl employed_from=rzrq employed_to=lzrq"),
    ("jg_sqqzr", "authorisation"): _words(
        "uscc=jg_jbxx.tyshxydm staff_no=jg_renyuan.rybh categories=sqly from_on=sqrq to_on=zzrq"),
    ("zs_zhengshu", "certificate"): _words(
        "number=zsbh uscc=jg_jbxx.tyshxydm authority=sys_zzjg.zzmc issued_on=fzrq expires_on=yxqz"),
    ("zs_zhuangtai", "certificate_state"): _words("number=zs_zhengshu.zsbh state=zt from_on=ksrq to_on=jsrq reason=yy"),
    ("zs_biangeng", "certificate_change"): _words(
        "number=zs_zhengshu.zsbh change_no=变更编号 kind=变更事项 old=变更前 new=变更后 happened_on=fsrq applied_on=sqrq "
        "decided_on=bjrq outcome=blyj effective_on=sxrq"),
    ("nl_fubiao", "capability"): _words(
        "number=zs_zhengshu.zsbh site_no=jg_changsuo.csbh sequence=xh category=lb object=dx parameter=cs standard=bz "
        "restriction=xzfw batch=pc valid_from=sxrq valid_to=zzrq"),
    ("nl_cengji", "capability_level"): _words(
        "number=zs_zhengshu.zsbh site_no=jg_changsuo.csbh sequence=nl_fubiao.xh level=jb level_no=xh name=mc"),
    ("sb_yiqi", "instrument"): _words(
        "uscc=jg_jbxx.tyshxydm management_no=glbh site_no=csbh name=仪器名称 model=ggxh serial_no=ccbh maker=sccj ownership=cq "
        "range=clfw accuracy=zqd needs_calibration=sfjd state=zt used_from=qyrq used_to=tyrq"),
    ("sb_jianding", "calibration"): _words(
        "uscc=jg_jbxx.tyshxydm management_no=sb_yiqi.glbh kind=lx certificate_no=zsh provider=jddw calibrated_on=jdrq due_on=yxrq "
        "passed=jl"),
    ("yp_yangpin", "sample"): _words(
        "uscc=jg_jbxx.tyshxydm sample_no=ypbh name=ypmc origin=yply batch=ph producer=scdw client_name=wtdw quantity=ypsl "
        "condition=ypzt sampled_at=cysj sampled_by=cyr sampling_place=cydd received_at=jssj received_by=jsr site_no=csbh "
        "storage=bctj keep_until=lyq disposal=czfs"),
    ("bg_zhubiao", "report"): _words(
        "uscc=jg_jbxx.tyshxydm sample_no=yp_yangpin.ypbh own_number=bgbh certificate_number=zsbh site_no=csbh title=bgbt form=bgxs "
        "kind=jylb client_name=wtdw client_address=wtdz sample_name=ypmc sample_count=ypsl sampled_on=cyrq received_on=jyrq "
        "tested_from=jcks tested_to=jcjs prepared_by=bzr reviewed_by=shr signatory=jg_renyuan.rybh issued_on=qfrq verdict=pd "
        "conclusion=jl cma_marked=sfbz file_digest=wjzy file_digest_algorithm=zysf file_pages=ys"),
    ("bg_kuanbiao", "report_item"): _words(
        "uscc=jg_jbxx.tyshxydm own_number=bg_zhubiao.bgbh seq=n parameter=检测项目 standard=检测依据 result=结果 unit=单位 limit=限值 "
        "verdict=判定 instruments=仪器 tested_on=检测日期 tester=检测人"),
    ("bg_jcxm", "report_item"): _words(
        "uscc=jg_jbxx.tyshxydm own_number=bg_zhubiao.bgbh seq=xh parameter=jcxm standard=jcyj result=jg unit=dw limit=xz verdict=pd "
        "instruments=yqbh tested_on=jcrq tester=jcr"),
    ("bg_fuma", "code_state_change"): _words("code=编码 changed_at=变化时间 state=状态 by=变更方 actor=变更者 reason=原因"),
    ("能力验证计划", "proficiency_test"): _words(
        "plan_no=计划编号 name=计划名称 kind=方式 organiser=组织部门 provider_name=提供者 field=领域 started_on=发放日期 closed_on=截止日期 "
        "published_on=公布日期"),
    ("能力验证结果", "proficiency_result"): _words(
        "plan_no=能力验证计划.计划编号 seq=序号 uscc=机构代码 parameter=参数 standard=标准 reported=机构结果 assigned=指定值 z_score=z值 "
        "judgement=评价 handled=后续处理"),
    ("jd_jiancha", "inspection"): _words(
        "inspection_no=jcbh uscc=jg_jbxx.tyshxydm kind=jcfs task=jcrw authority=sys_zzjg.zzmc joint=lhbm inspectors=zfry "
        "experts=zjry site_no=csbh began_on=jcksrq ended_on=jcjsrq reports_examined=ccbgs outcome=jcjg published_on=gsrq"),
    ("jd_wenti", "finding"): _words(
        "inspection_no=jd_jiancha.jcbh finding_no=wtxh nature=wtxz description=wtms law=flmc article=tk conduct_from=xwksrq "
        "conduct_to=xwjsrq staff_nos=sjry instruments=sjsb evidence=zj rectification_due_on=zgqx"),
    ("jd_zhenggai", "rectification"): _words(
        "inspection_no=jd_jiancha.jcbh finding_no=jd_wenti.wtxh uscc=jg_jbxx.tyshxydm attempt=zgcs cause=yyfx measures=zgcs_nr "
        "submitted_on=tjrq state=zgzt accepted_on=ysrq opinion=ysyj"),
    ("行政处罚", "penalty"): _words(
        "decision_no=决定书文号 uscc=jg_jbxx.tyshxydm authority=sys_zzjg.zzmc kinds=处罚种类 facts=违法事实 law=处罚依据 fine=罚款金额 "
        "confiscated=没收金额 serious=情节严重 persons=责任人员 inspection_no=jd_jiancha.jcbh decided_on=决定日期 state=决定状态 "
        "published_on=公示日期"),
    ("xy_fenlei", "credit"): _words(
        "uscc=jg_jbxx.tyshxydm assessed_on=flrq class=xydj authority=sys_zzjg.zzmc rules=flgz points=df period_from=pjqq "
        "period_to=pjqz valid_to=yxz reason=ly"),
    ("举报投诉", "complaint"): _words(
        "receipt=回执编号 kind=类型 code=报告编码 institution_name=机构名称 words=情况说明 contact=联系方式 photos=照片数 received_at=收到时间 "
        "state=进度"),
    ("年度报告", "annual_report"): _words(
        "uscc=jg_jbxx.tyshxydm year=年度 submitted_on=tjrq conditions_kept=cxfh conditions_note=qksm staff_count=ryrs "
        "instrument_count=yqsl area_m2=mj report_count=bgs cma_report_count=cmabgs revenue=sr subcontracted_count=fbs "
        "proficiency_count=nlyzcs"),
}  # fmt: skip

NOTICES: Truth = {
    ("food_sampling_", "report"): _words("sample_name=物料名称 producer=生产商 sampling_place=供应商 client_name=发布单位 verdict=判定 conclusion=备注"),
    ("food_sampling_", "report_item"): _words("parameter=检测项目 result=检测结果 unit=单位 limit=限量值 verdict=判定"),
}  # fmt: skip
