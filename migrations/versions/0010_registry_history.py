"""the registry whole, with its history

Every entity about an institution, province and origin in every row, and `registry_past`, into which a trigger puts what is
changed or taken out.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

# Of each table: its key, the element that says since when a record has been so, and by which table its institution is found.
TABLES = {
    'institution': (('uscc',), 'established_on', ''),
    'site': (('uscc', 'site_no'), 'used_from', 'institution'),
    'certificate': (('number',), 'issued_on', 'institution'),
    'certificate_state': (('number', 'from_on'), 'from_on', 'certificate'),
    'capability': (('number', 'site_no', 'sequence'), 'valid_from', 'certificate'),
    'staff': (('uscc', 'staff_no'), 'employed_from', 'institution'),
    'authorisation': (('uscc', 'staff_no', 'from_on'), 'from_on', 'institution'),
    'instrument': (('uscc', 'management_no'), 'used_from', 'institution'),
    'calibration': (('uscc', 'management_no', 'calibrated_on'), 'calibrated_on', 'institution'),
}
NEW = {
    'certificate_change': ('number', 'change_no'),
    'capability_level': ('number', 'site_no', 'sequence', 'level'),
    'credit': ('uscc', 'assessed_on'),
    'annual_report': ('uscc', 'year'),
    'proficiency_test': ('plan_no',),
    'proficiency_result': ('plan_no', 'seq'),
    'inspection': ('inspection_no',),
    'finding': ('inspection_no', 'finding_no'),
    'rectification': ('inspection_no', 'finding_no', 'attempt'),
    'penalty': ('decision_no',),
}
# No query inside: called for every row that changes. No key has more than four elements.
KEY = """
CREATE FUNCTION registry_key(record jsonb, elements text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE array_length(string_to_array(elements, ','), 1)
        WHEN 1 THEN jsonb_build_array(record -> elements)
        WHEN 2 THEN jsonb_build_array(record -> split_part(elements, ',', 1), record -> split_part(elements, ',', 2))
        WHEN 3 THEN jsonb_build_array(record -> split_part(elements, ',', 1), record -> split_part(elements, ',', 2),
            record -> split_part(elements, ',', 3))
        WHEN 4 THEN jsonb_build_array(record -> split_part(elements, ',', 1), record -> split_part(elements, ',', 2),
            record -> split_part(elements, ',', 3), record -> split_part(elements, ',', 4))
    END::text
$$
"""
# A plan is kept for the session: made while the past is short it would read it whole for ever after.
KEEP_PAST = """
CREATE FUNCTION registry_keep_past() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    platform text[] := string_to_array(TG_ARGV[0], ',');
    former jsonb := to_jsonb(OLD);
    latter jsonb;
    its_key text;
    gone jsonb;
    day date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        latter := to_jsonb(NEW);
        IF latter - platform = former - platform THEN
            IF NEW.since_on IS DISTINCT FROM OLD.since_on THEN
                RAISE EXCEPTION 'registry: the day of a version does not change' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.since_on < OLD.since_on THEN
            RAISE EXCEPTION 'registry: what holds from an earlier day belongs into registry_past'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    its_key := registry_key(former, TG_ARGV[1]);
    IF TG_OP = 'UPDATE' AND its_key <> registry_key(latter, TG_ARGV[1]) THEN
        RAISE EXCEPTION 'registry: a key does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO registry_past (entity, key, "on", seq, uscc, province, record, source, recorded_at)
    SELECT TG_TABLE_NAME::text, its_key, OLD.since_on, coalesce(max(seq) + 1, 0), former ->> 'uscc', former ->> 'province',
        jsonb_strip_nulls(former - platform), OLD.source, OLD.recorded_at
    FROM registry_past WHERE entity = TG_TABLE_NAME::text AND key = its_key AND "on" = OLD.since_on;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    gone := nullif(current_setting('zhijian.gone', true), '')::jsonb;
    day := (gone ->> 'on')::date;
    IF day IS NULL OR day < OLD.since_on THEN
        RAISE EXCEPTION 'registry: a record goes from a day on, which is not said' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO registry_past (entity, key, "on", seq, uscc, province, record, source, recorded_at)
    SELECT TG_TABLE_NAME::text, its_key, day, coalesce(max(seq) + 1, 0), former ->> 'uscc', former ->> 'province', NULL,
        gone ->> 'source', (gone ->> 'at')::timestamptz
    FROM registry_past WHERE entity = TG_TABLE_NAME::text AND key = its_key AND "on" = day;
    RETURN OLD;
END $$
"""
ONLY_ADDED = """
CREATE FUNCTION registry_past_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- An institution that moves takes its past along: who may see it goes by the province.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'province' = to_jsonb(OLD) - 'province' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'registry: the past is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60min'")
    _fill()
    _tables()
    _triggers()


def _fill() -> None:
    """Rows that are there hold from their own first day, or from 2026-01-01."""
    for name, (_, first, parent) in TABLES.items():
        of_parent = {'province'} if parent == 'institution' else {'uscc', 'province'} if parent else set()
        if 'uscc' in of_parent:
            op.add_column(name, sa.Column('uscc', sa.String(length=18), comment='所涉机构'))
        if 'province' in of_parent:
            op.add_column(name, sa.Column('province', sa.String(length=2), comment='GB/T 2260 前两位'))
        op.add_column(name, sa.Column('since_on', sa.Date(), comment='这一版本从哪一日起适用'))
        op.add_column(name, sa.Column('source', sa.Text(), comment='从哪里得知：synthetic、migration:…、api:…、import:…'))
        op.add_column(name, sa.Column('recorded_at', sa.DateTime(timezone=True), comment='记入的时间'))
        key = {'institution': 'uscc', 'certificate': 'number'}.get(parent)
        op.execute(
            f"UPDATE {name} c SET {''.join(f'{one} = p.{one}, ' for one in sorted(of_parent))}source = 'before-0010', "
            f"recorded_at = now(), since_on = LEAST(coalesce(c.{first}, DATE '2026-01-01'), (now() AT TIME ZONE 'Asia/Shanghai')::date)"
            + (f' FROM {parent} p WHERE p.{key} = c.{key}' if parent else '')
        )
        for column in sorted({*of_parent, 'since_on', 'source', 'recorded_at'}):
            op.alter_column(name, column, nullable=False)


def _triggers() -> None:
    op.execute(KEY)
    op.execute(KEEP_PAST)
    op.execute(ONLY_ADDED)
    for name, key in ({name: key for name, (key, _, _) in TABLES.items()} | NEW).items():
        platform = ['province', 'since_on', 'source', 'recorded_at']
        if name == 'institution':
            platform += ['code_index', 'revision', 'synthetic']
        if name in ('certificate_state', 'certificate_change', 'capability', 'capability_level', 'finding'):
            platform += ['uscc']
        op.execute(
            f"CREATE TRIGGER keep_past AFTER UPDATE OR DELETE ON {name} FOR EACH ROW "
            f"EXECUTE FUNCTION registry_keep_past('{','.join(platform)}', '{','.join(key)}')"
        )
        op.execute(f'CREATE TRIGGER past_stays BEFORE TRUNCATE ON {name} EXECUTE FUNCTION registry_past_stays()')
    op.execute(
        'CREATE TRIGGER past_stays BEFORE UPDATE OR DELETE ON registry_past FOR EACH ROW EXECUTE FUNCTION registry_past_stays()'
    )
    op.execute('CREATE TRIGGER whole_past_stays BEFORE TRUNCATE ON registry_past EXECUTE FUNCTION registry_past_stays()')


def _tables() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('proficiency_test',
    sa.Column('plan_no', sa.String(length=60), nullable=False, comment='计划编号'),
    sa.Column('name', sa.String(length=200), nullable=False, comment='计划名称'),
    sa.Column('kind', sa.String(length=10), nullable=False, comment='方式'),
    sa.Column('organiser', sa.String(length=100), nullable=True, comment='组织部门'),
    sa.Column('provider_name', sa.String(length=200), nullable=False, comment='能力验证提供者'),
    sa.Column('provider_uscc', sa.String(length=18), nullable=True, comment='提供者统一社会信用代码'),
    sa.Column('field', sa.String(length=2), nullable=True, comment='领域'),
    sa.Column('started_on', sa.Date(), nullable=True, comment='样品发放日期'),
    sa.Column('closed_on', sa.Date(), nullable=True, comment='结果提交截止日期'),
    sa.Column('published_on', sa.Date(), nullable=True, comment='结果公布日期'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.PrimaryKeyConstraint('plan_no', name=op.f('pk_proficiency_test')),
    comment='能力验证计划'
    )
    op.create_table('registry_past',
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('key', sa.Text(), nullable=False, comment='JSON 数组：主键各要素的值'),
    sa.Column('on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False, comment='同一日的第几个版本，从 0 起'),
    sa.Column('uscc', sa.String(length=18), nullable=True, comment='所涉机构；能力验证计划没有'),
    sa.Column('province', sa.String(length=2), nullable=True),
    sa.Column('record', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True, comment='各要素；空：从这一日起不再有'),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('entity', 'key', 'on', 'seq', name=op.f('pk_registry_past')),
    comment='登记记录的其他版本，只增不改'
    )
    op.create_index('ix_registry_past_uscc', 'registry_past', ['uscc'], unique=False)
    op.create_table('registry_twin',
    sa.Column('kind', sa.String(length=20), nullable=False, comment='institution、person、instrument'),
    sa.Column('a_uscc', sa.String(length=18), nullable=False),
    sa.Column('a_key', sa.Text(), nullable=False, comment='人员编号或管理编号；机构为空'),
    sa.Column('b_uscc', sa.String(length=18), nullable=False, comment='a_uscc < b_uscc'),
    sa.Column('b_key', sa.Text(), nullable=False),
    sa.Column('a_province', sa.String(length=2), nullable=False),
    sa.Column('b_province', sa.String(length=2), nullable=False),
    sa.Column('why', postgresql.ARRAY(sa.Text()), nullable=False, comment='相同之处'),
    sa.Column('score', sa.Numeric(precision=3, scale=2), nullable=False, comment='0–1，可能是同一个的把握；不是结论'),
    sa.Column('state', sa.String(length=10), server_default='open', nullable=False, comment='open、same、different'),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False, comment='最近一次发现'),
    sa.PrimaryKeyConstraint('kind', 'a_uscc', 'a_key', 'b_uscc', 'b_key', name=op.f('pk_registry_twin')),
    comment='可能是同一个的两条记录，待人判断'
    )
    op.create_index('ix_registry_twin_state_score', 'registry_twin', ['state', 'score'], unique=False)
    op.create_table('annual_report',
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('year', sa.Integer(), nullable=False, comment='报告年度'),
    sa.Column('submitted_on', sa.Date(), nullable=False, comment='提交日期'),
    sa.Column('conditions_kept', sa.Boolean(), nullable=False, comment='持续符合资质认定条件'),
    sa.Column('conditions_note', sa.String(length=1000), nullable=True, comment='不符合情况说明'),
    sa.Column('staff_count', sa.Integer(), nullable=True, comment='年末从业人数'),
    sa.Column('instrument_count', sa.Integer(), nullable=True, comment='年末仪器设备数'),
    sa.Column('area_m2', sa.Numeric(precision=10, scale=2), nullable=True, comment='年末场所面积'),
    sa.Column('report_count', sa.BigInteger(), nullable=True, comment='出具报告数'),
    sa.Column('cma_report_count', sa.BigInteger(), nullable=True, comment='使用资质认定标志的报告数'),
    sa.Column('revenue', sa.Numeric(precision=14, scale=2), nullable=True, comment='检验检测营业收入'),
    sa.Column('subcontracted_count', sa.Integer(), nullable=True, comment='分包项目数'),
    sa.Column('proficiency_count', sa.Integer(), nullable=True, comment='参加能力验证次数'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_annual_report_uscc')),
    sa.PrimaryKeyConstraint('uscc', 'year', name=op.f('pk_annual_report')),
    comment='年度报告'
    )
    op.create_table('credit',
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('assessed_on', sa.Date(), nullable=False, comment='分类日期'),
    sa.Column('class', sa.String(length=1), nullable=False, comment='信用风险类别'),
    sa.Column('authority', sa.String(length=100), nullable=False, comment='分类部门'),
    sa.Column('rules', sa.String(length=200), nullable=True, comment='分类规则'),
    sa.Column('points', sa.Numeric(precision=6, scale=2), nullable=True, comment='得分'),
    sa.Column('period_from', sa.Date(), nullable=True, comment='评价期开始'),
    sa.Column('period_to', sa.Date(), nullable=True, comment='评价期结束'),
    sa.Column('valid_to', sa.Date(), nullable=True, comment='有效至'),
    sa.Column('reason', sa.String(length=1000), nullable=True, comment='主要理由'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_credit_uscc')),
    sa.PrimaryKeyConstraint('uscc', 'assessed_on', name=op.f('pk_credit')),
    comment='信用风险分类结果'
    )
    op.create_table('inspection',
    sa.Column('inspection_no', sa.String(length=60), nullable=False, comment='检查编号'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('kind', sa.String(length=10), nullable=False, comment='检查方式'),
    sa.Column('task', sa.String(length=200), nullable=True, comment='检查任务'),
    sa.Column('authority', sa.String(length=100), nullable=False, comment='检查部门'),
    sa.Column('joint', postgresql.ARRAY(sa.Text()), nullable=False, comment='联合检查部门'),
    sa.Column('inspectors', postgresql.ARRAY(sa.Text()), nullable=False, comment='执法人员'),
    sa.Column('experts', postgresql.ARRAY(sa.Text()), nullable=False, comment='技术专家'),
    sa.Column('site_no', sa.String(length=10), nullable=True, comment='场所编号'),
    sa.Column('began_on', sa.Date(), nullable=False, comment='检查开始日期'),
    sa.Column('ended_on', sa.Date(), nullable=True, comment='检查结束日期'),
    sa.Column('reports_examined', sa.Integer(), nullable=True, comment='抽查报告数'),
    sa.Column('outcome', sa.String(length=20), nullable=True, comment='检查结果'),
    sa.Column('published_on', sa.Date(), nullable=True, comment='公示日期'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_inspection_uscc')),
    sa.PrimaryKeyConstraint('inspection_no', name=op.f('pk_inspection')),
    comment='监督检查'
    )
    op.create_index('ix_inspection_uscc', 'inspection', ['uscc'], unique=False)
    op.create_table('penalty',
    sa.Column('decision_no', sa.String(length=60), nullable=False, comment='行政处罚决定书文号'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('authority', sa.String(length=100), nullable=False, comment='处罚机关'),
    sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False, comment='处罚种类'),
    sa.Column('facts', sa.String(length=2000), nullable=False, comment='违法事实'),
    sa.Column('law', sa.String(length=500), nullable=False, comment='处罚依据'),
    sa.Column('conduct_from', sa.Date(), nullable=True, comment='行为开始日期'),
    sa.Column('conduct_to', sa.Date(), nullable=True, comment='行为结束日期'),
    sa.Column('fine', sa.Numeric(precision=14, scale=2), nullable=True, comment='罚款金额'),
    sa.Column('confiscated', sa.Numeric(precision=14, scale=2), nullable=True, comment='没收金额'),
    sa.Column('serious', sa.Boolean(), nullable=True, comment='情节严重'),
    sa.Column('persons', postgresql.ARRAY(sa.Text()), nullable=False, comment='一并处罚的责任人员'),
    sa.Column('report_codes', postgresql.ARRAY(sa.Text()), nullable=False, comment='涉及报告编码'),
    sa.Column('inspection_no', sa.String(length=60), nullable=True, comment='检查编号'),
    sa.Column('decided_on', sa.Date(), nullable=False, comment='处罚决定日期'),
    sa.Column('state', sa.String(length=10), nullable=False, comment='决定状态'),
    sa.Column('changed_on', sa.Date(), nullable=True, comment='状态变更日期'),
    sa.Column('judgment_no', sa.String(length=60), nullable=True, comment='裁判文书案号'),
    sa.Column('published_on', sa.Date(), nullable=True, comment='公示日期'),
    sa.Column('published_to', sa.Date(), nullable=True, comment='公示截止日期'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_penalty_uscc')),
    sa.PrimaryKeyConstraint('decision_no', name=op.f('pk_penalty')),
    comment='行政处罚'
    )
    op.create_index('ix_penalty_uscc', 'penalty', ['uscc'], unique=False)
    op.create_table('proficiency_result',
    sa.Column('seq', sa.Integer(), nullable=False, comment='序号'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('parameter', sa.String(length=200), nullable=False, comment='参数'),
    sa.Column('standard', sa.String(length=60), nullable=True, comment='标准（方法）编号（含年号）'),
    sa.Column('reported', sa.String(length=100), nullable=True, comment='机构结果'),
    sa.Column('assigned', sa.String(length=100), nullable=True, comment='指定值'),
    sa.Column('z_score', sa.Numeric(precision=7, scale=2), nullable=True, comment='z 值'),
    sa.Column('judgement', sa.String(length=10), nullable=False, comment='评价'),
    sa.Column('handled', sa.String(length=500), nullable=True, comment='后续处理'),
    sa.Column('plan_no', sa.String(length=60), nullable=False, comment='计划编号'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['plan_no'], ['proficiency_test.plan_no'], name=op.f('fk_proficiency_result_plan_no')),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_proficiency_result_uscc')),
    sa.PrimaryKeyConstraint('plan_no', 'seq', name=op.f('pk_proficiency_result')),
    comment='能力验证结果'
    )
    op.create_index('ix_proficiency_result_uscc', 'proficiency_result', ['uscc'], unique=False)
    op.create_table('capability_level',
    sa.Column('number', sa.String(length=12), nullable=False, comment='证书编号'),
    sa.Column('site_no', sa.String(length=10), nullable=False, comment='场所编号'),
    sa.Column('sequence', sa.String(length=30), nullable=False, comment='序号'),
    sa.Column('level', sa.Integer(), nullable=False, comment='级'),
    sa.Column('level_no', sa.String(length=30), nullable=True, comment='本级序号'),
    sa.Column('name', sa.String(length=200), nullable=False, comment='本级名称'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='所涉机构'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['number'], ['certificate.number'], name=op.f('fk_capability_level_number')),
    sa.PrimaryKeyConstraint('number', 'site_no', 'sequence', 'level', name=op.f('pk_capability_level')),
    comment='能力附表层级'
    )
    op.create_table('certificate_change',
    sa.Column('number', sa.String(length=12), nullable=False, comment='证书编号'),
    sa.Column('change_no', sa.String(length=40), nullable=False, comment='变更编号'),
    sa.Column('kind', sa.String(length=20), nullable=False, comment='变更事项'),
    sa.Column('old', sa.String(length=1000), nullable=True, comment='变更前内容'),
    sa.Column('new', sa.String(length=1000), nullable=True, comment='变更后内容'),
    sa.Column('happened_on', sa.Date(), nullable=True, comment='变更发生日期'),
    sa.Column('applied_on', sa.Date(), nullable=False, comment='申请日期'),
    sa.Column('decided_on', sa.Date(), nullable=True, comment='办结日期'),
    sa.Column('outcome', sa.String(length=50), nullable=True, comment='办理结果'),
    sa.Column('effective_on', sa.Date(), nullable=True, comment='生效日期'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='所涉机构'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['number'], ['certificate.number'], name=op.f('fk_certificate_change_number')),
    sa.PrimaryKeyConstraint('number', 'change_no', name=op.f('pk_certificate_change')),
    comment='资质认定证书变更'
    )
    op.create_table('finding',
    sa.Column('inspection_no', sa.String(length=60), nullable=False, comment='检查编号'),
    sa.Column('finding_no', sa.Integer(), nullable=False, comment='发现序号'),
    sa.Column('nature', sa.String(length=20), nullable=False, comment='问题性质'),
    sa.Column('description', sa.String(length=2000), nullable=False, comment='问题描述'),
    sa.Column('law', sa.String(length=100), nullable=False, comment='法律法规名称'),
    sa.Column('article', sa.String(length=60), nullable=True, comment='条款'),
    sa.Column('conduct_from', sa.Date(), nullable=True, comment='行为开始日期'),
    sa.Column('conduct_to', sa.Date(), nullable=True, comment='行为结束日期'),
    sa.Column('report_codes', postgresql.ARRAY(sa.Text()), nullable=False, comment='涉及报告编码'),
    sa.Column('staff_nos', postgresql.ARRAY(sa.Text()), nullable=False, comment='涉及人员（人员编号）'),
    sa.Column('instruments', postgresql.ARRAY(sa.Text()), nullable=False, comment='涉及仪器（管理编号）'),
    sa.Column('evidence', sa.String(length=1000), nullable=True, comment='证据'),
    sa.Column('rectification_due_on', sa.Date(), nullable=True, comment='整改期限'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='所涉机构'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['inspection_no'], ['inspection.inspection_no'], name=op.f('fk_finding_inspection_no')),
    sa.PrimaryKeyConstraint('inspection_no', 'finding_no', name=op.f('pk_finding')),
    comment='检查发现'
    )
    op.create_index('ix_finding_uscc', 'finding', ['uscc'], unique=False)
    op.create_table('rectification',
    sa.Column('inspection_no', sa.String(length=60), nullable=False, comment='检查编号'),
    sa.Column('finding_no', sa.Integer(), nullable=False, comment='发现序号'),
    sa.Column('attempt', sa.Integer(), nullable=False, comment='整改次数'),
    sa.Column('uscc', sa.String(length=18), nullable=False, comment='统一社会信用代码'),
    sa.Column('cause', sa.String(length=2000), nullable=True, comment='原因分析'),
    sa.Column('measures', sa.String(length=2000), nullable=False, comment='整改措施'),
    sa.Column('submitted_on', sa.Date(), nullable=False, comment='提交日期'),
    sa.Column('state', sa.String(length=10), nullable=False, comment='整改状态'),
    sa.Column('accepted_on', sa.Date(), nullable=True, comment='验收日期'),
    sa.Column('opinion', sa.String(length=1000), nullable=True, comment='验收意见'),
    sa.Column('province', sa.String(length=2), nullable=False, comment='GB/T 2260 前两位'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='这一版本从哪一日起适用'),
    sa.Column('source', sa.Text(), nullable=False, comment='从哪里得知：synthetic、migration:…、api:…、import:…'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='记入的时间'),
    sa.ForeignKeyConstraint(['inspection_no'], ['inspection.inspection_no'], name=op.f('fk_rectification_inspection_no')),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_rectification_uscc')),
    sa.PrimaryKeyConstraint('inspection_no', 'finding_no', 'attempt', name=op.f('pk_rectification')),
    comment='整改'
    )
    op.create_index('ix_rectification_uscc', 'rectification', ['uscc'], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    for name in TABLES:
        op.execute(f'DROP TRIGGER keep_past ON {name}')
        op.execute(f'DROP TRIGGER past_stays ON {name}')
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table('rectification')
    op.drop_table('finding')
    op.drop_table('certificate_change')
    op.drop_table('capability_level')
    op.drop_table('proficiency_result')
    op.drop_table('penalty')
    op.drop_table('inspection')
    op.drop_table('credit')
    op.drop_table('annual_report')
    op.drop_table('registry_twin')
    op.drop_table('registry_past')
    op.drop_table('proficiency_test')
    # ### end Alembic commands ###
    op.execute('DROP FUNCTION registry_keep_past()')
    op.execute('DROP FUNCTION registry_key(jsonb, text)')
    op.execute('DROP FUNCTION registry_past_stays()')
    for name, (_, _, parent) in TABLES.items():
        added = ['recorded_at', 'source', 'since_on', *(['province'] if parent else []), *(['uscc'] if parent == 'certificate' else [])]
        for column in added:
            op.drop_column(name, column)
