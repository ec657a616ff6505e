"""What can be wrong in a capability table, in words: what it is and how to mend it, by a stable key."""

from typing import NamedTuple

from zhijian.registry.scope_table.grid import Spot
from zhijian.spec.workbook import Finding


class Words(NamedTuple):
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    is_error: bool = True


WORDS: dict[str, Words] = {
    "level-skipped": Words("层级跳空：第 {n} 级空着，后面一级填了", "level {n} is empty while the next is filled",
                           "从左到右依次填写，把后面各级左移", "fill levels from left to right; move the later ones left"),
    "level-too-deep": Words("超过 {most} 级", "more than {most} levels", "并成 {most} 级以内", "bring it to {most} at most"),
    "level-number-missing": Words("第 {n} 级有名称，没有序号", "level {n} has a name and no number",
                                  "填写本级序号", "fill in its number", False),
    "name-blank": Words("第 {n} 级没有名称", "level {n} has no name", "填写名称，或与上一行合并单元格",
                        "fill in the name, or merge the cell with the one above"),
    "left-blank": Words("第 {n} 级空着，读作与上面相同（{named}），共 {rows} 行", "level {n} is empty; read as the one above ({named}), {rows} rows",
                        "相同的合并单元格或逐行填写", "merge equal cells, or fill in every row", False),
    "number-unreadable": Words("序号“{value}”读不出", "the number {value!r} cannot be read", "写成 1、1.1、1.1.1 或 一、二",
                               "write it like 1, 1.1, 1.1.1"),
    "number-is-date": Words("序号被 Excel 变成了日期：{value}", "Excel has made a date of the number: {value}",
                            "先把整列设为“文本”格式，再重新输入序号", "set the column to the format Text, then type the number again"),
    "number-autoformat": Words("序号 {value} 重复，读作 {read}：Excel 去掉了末尾的 0",
                               "the number {value} stands here again; read as {read}: Excel drops the last 0",
                               "核对；把整列设为“文本”格式，输入 {read}", "check it; set the column to the format Text and type {read}", False),
    "number-twice": Words("同一上级之下序号 {value} 用了两次，另见 {other}", "the number {value} stands twice under one parent, see {other}",
                          "各用各的序号", "give each its own", False),
    "merged-over-categories": Words("合并单元格跨了两个上级（在 {other} 处换了）", "a merged cell reaches over two parents (the next begins at {other})",
                                    "取消合并，每个上级之下各填一次", "take the merging away and fill it in under each parent"),
    "standard-over-categories": Words("标准的合并单元格跨了两个类别（在 {other} 处换了），读作两边都适用",
                                      "the standard's merged cell reaches over two categories (the next begins at {other}); read as for both",
                                      "核对；每个类别各填一次", "check it; fill it in under each category", False),
    "standard-missing": Words("没有填依据的标准（方法）", "no standard is filled in", "填写标准名称和编号（含年号）", "fill in name and number with year"),
    "standard-year-missing": Words("标准 {found} 没有年号", "the standard {found} has no year", "补上年号，如 GB 5009.12-2023",
                                   "add its year, such as GB 5009.12-2023"),
    "standard-unreadable": Words("读不出标准编号：{found}", "no standard's number can be read: {found}",
                                 "写成《名称》编号-年号；没有编号的方法书写《书名》和版次；几个标准用分号隔开",
                                 "write 《name》 number-year; of a book 《title》 and edition; separate several by ;"),
    "standard-replaced": Words("标准 {found} 自 {since} 起由 {new} 代替", "the standard {found} is replaced by {new} since {since}",
                               "办理标准变更，改为 {new}", "have the change of standard approved and write {new}", False),
    "names-unpaired": Words("{codes} 个编号对应 {names} 个名称，名称没有读入", "{codes} numbers beside {names} names; the names are not taken",
                            "一行一个标准", "one standard a row", False),
    "duplicate-line": Words("与 {other} 是同一项能力（场所、层级、标准都相同）", "the same capability as at {other}: site, levels and standard agree",
                            "删去其中一行", "delete one of them"),
    "sequence-missing": Words("没有序号，也不能由各级序号得出", "no sequence number, and none follows from the levels' numbers", "填写序号", "fill it in"),
    "sequence-twice": Words("序号 {value} 与 {other} 重复", "the sequence {value} is the same as at {other}",
                            "同一场所之内每行用不同的序号", "give each row of a site its own"),
    "text-length": Words("{what}最多 {most} 个字符，现在 {now} 个", "{what}: at most {most} characters, this has {now}", "改短", "shorten it"),
    "text-invisible": Words("含有看不见的字符（{code}）", "holds an invisible character ({code})", "删去内容，重新输入，不要粘贴",
                            "delete it and type it again, do not paste"),
    "cell-error": Words("单元格是公式错误 {value}", "the cell holds the error {value} of a formula", "改成内容本身", "write the content itself"),
    "day-unreadable": Words("“{value}”不是日期", "{value!r} is no date", "写成 2026-11-03", "write it like 2026-11-03"),
    "batch-unknown": Words("批次“{value}”不在代码表内", "{value!r} is not in the code list", "写 首次、扩项、地址变更、标准变更 或 复查",
                           "one of 首次, 扩项, 地址变更, 标准变更, 复查"),
    "site-unknown": Words("不知道“{value}”是哪个场所编号", "which site number {value!r} is, is not known",
                          "写场所编号（最多 10 个字符），或用 --site-name 说明：“{value}=S2”", "write the site's number, or say --site-name '{value}=S2'"),
    "site-twice": Words("工作表“{other}”也是场所 {value}",
                        "the sheet {other} is of site {value} as well",
                        "若是两个场所，在表上方写“场所编号：S2”，或把工作表命名为“场所S2”",
                        "if there are two sites, write 场所编号：S2 above the table", False),
    "certificate-missing": Words("不知道证书编号", "the certificate's number is not known", "在表上方写“证书编号：”和 12 位编号，或用 --certificate 给出",
                                 "write 证书编号： and its twelve digits above the table, or give --certificate", False),
    "certificate-differs": Words("表上的证书编号 {value} 与给出的 {given} 不同，按表上的读",
                                 "the table's certificate {value} is not the {given} that was given; the table's is taken",
                                 "核对", "check it", False),
    "valid-from-missing": Words("不知道这些能力从哪一日起有效", "since which day the capabilities are valid is not known",
                                "在表上方写“批准日期：2026-01-01”，或用 --from 给出", "write 批准日期：2026-01-01 above the table, or give --from", False),
    "row-unreadable": Words("这一行不是能力，也不是表头、注：“{value}”", "this row is neither a capability nor a heading or note: {value!r}",
                            "补全这一行，或删去；说明文字以“注：”开头", "complete the row or delete it; a remark begins with 注："),
    "nothing-recognised": Words("没有找到能力附表的表头", "the heading of a capability table is not there",
                                "表头写：序号、类别（产品/项目/参数）、依据的标准（方法）名称及编号（含年号）、限制范围、说明；"
                                "空表：zhijian registry scope template",
                                "take the form from zhijian registry scope template"),
    "sheet-unrecognised": Words("工作表“{value}”没有能力附表的表头，没有读", "the sheet {value} has no heading of a capability table and was not read",
                                "若它是能力附表，补上表头", "if it is one, add the heading", False),
    "heading-only": Words("只有表头，没有能力", "there is a heading and no capability", "从表头下面一行填起", "fill in from the row below it", False),
    "record-wrong": Words("不合数据规范：{found}", "does not conform to the specification: {found}", "按说明改正", "correct it"),
}  # fmt: skip


def finding(why: str, sheet: str, at: Spot | str, name: str = "", value: str | None = None, **said: object) -> Finding:
    """About a cell; `at` an address where the cell is empty."""
    cell = at if isinstance(at, str) else at.cell
    shown = value if value is not None else (at.line if isinstance(at, Spot) else "")
    words = WORDS[why]
    short = shown if len(shown) <= 60 else shown[:59] + "…"
    zh, en, remedy_zh, remedy_en = (text.format(value=short, **said) for text in words[:4])
    return Finding(
        sheet, cell, name, "error" if words.is_error else "warning", why, zh, en, remedy_zh, remedy_en, shown or None
    )
