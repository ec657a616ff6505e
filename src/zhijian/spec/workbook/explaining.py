"""Words of a template: the sheet 说明, and a note at each heading."""

from collections.abc import Iterator, Sequence

from openpyxl.comments import Comment

from zhijian.spec.load import specification
from zhijian.spec.model import Element
from zhijian.spec.workbook.layout import PROBLEMS, Column, Sheet
from zhijian.spec.workbook.model import MAX_RECORDS

AUTHOR = "智检数据规范 Zhijian specification"


def note(sheet: Sheet, column: Column, *, required: bool) -> Comment:
    """Definition, type and example, as it pops up over the heading."""
    e = column.element
    lines = [f"{e.zh} {e.en}", f"{'必填 required' if required else '选填 optional'}；{kind(e)}"]
    if column.is_link:
        lines.append("与所属那一份的编号写成一样。 The same as that of the record it belongs to.")
    if column.id == sheet.numbered:
        lines.append("都不填时按行的顺序编号。 Left empty, the order of the rows counts.")
    if e.many:
        lines.append("几个值用分号“；”或换行隔开。 Separate several by ; or a line break.")
    lines += dated(e)
    if e.basis:
        lines.append(f"依据 basis: {e.basis}")
    if example := example_of(e):
        lines.append(f"例 e.g. {example}")
    made = Comment("\n".join(lines), AUTHOR)
    made.width, made.height = 340, 40 + 22 * len(lines)
    return made


def dated(e: Element) -> list[str]:
    """Codes that may not be used on every day, with their days; one line, none where there is no such code."""
    codes = specification().codelists[e.codes].values() if e.codes else ()
    spans = [f"{c.code} {c.valid_from or ''}—{c.valid_to or ''}" for c in codes if c.valid_from or c.valid_to]
    return [f"有期限的代码 codes with dates: {'；'.join(spans)}"] if spans else []


def kind(e: Element) -> str:
    """The type in words."""
    if e.codes:
        return f"从列表选 from the list（{e.codes}）"
    unit = f"，单位 unit {e.unit}" if e.unit else ""
    match e.type.kind:
        case "text":
            return f"{'' if e.type.exact else '最多 at most '}{e.type.length} 个字符 characters{unit}"
        case "integer":
            return f"整数 integer{unit}"
        case "decimal":
            return f"数字 number{unit}"
        case "bool":
            return "是 yes / 否 no"
        case _:
            return "日期 date"


def example_of(e: Element) -> str:
    if e.example:
        return e.example
    if e.codes:
        return next(iter(specification().codelists[e.codes].values())).zh
    return {"date": "2026-11-03", "bool": "是", "integer": "1"}.get(e.type.kind, "")


def help_lines(sheets: Sequence[Sheet]) -> Iterator[tuple[str, bool]]:
    """Text and whether it is a title."""
    names = "、".join(f"“{s.name}”" for s in sheets)
    yield f"填写说明 How to fill in（数据规范 specification {specification().version}）", True
    yield (
        f"1. 在工作表{names}中从表头下面一行开始填，一行一份，最多 {MAX_RECORDS:,} 份。不要改表头和灰色的标识行；可以隐藏列、调整列的顺序。",
        False,
    )
    yield (
        f"Fill in {names} from the row below the heading, a row each, at most {MAX_RECORDS:,}. Keep both heading rows; columns may be moved.",
        False,
    )
    for sheet in (s for s in sheets if s.part):
        link = "、".join(c.element.zh for c in sheet.columns if c.is_link)
        yield f"2. “{sheet.name}”的每一行用{link}与所属的一份相连：几行写同一个编号，就属于同一份。", False
        yield f"Rows of {sheet.name} belong to the record whose number they repeat.", False
    yield "3. 带 * 的红色列必填。把鼠标停在表头上，可看到含义、格式和例子。", False
    yield "Red columns with * are required. Hold the mouse over a heading for meaning, form and example.", False
    yield "4. 编号和结果的单元格已设为文本，00123 和 0.050 会原样保留；从别处粘贴时请“选择性粘贴 → 数值”。", False
    yield "Cells of numbers and results are text, so that 00123 and 0.050 stay as typed; paste values only.", False
    yield "5. 日期写 2026-11-03。带下拉箭头的列从列表选。一格有几个值时，用分号“；”或换行隔开。", False
    yield (
        "Dates like 2026-11-03. Choose from the list where there is one. Several values in a cell: separate by ; or line breaks.",
        False,
    )
    yield "出错时 When something is wrong", True
    yield (
        f"退回的文件中，有错的单元格是琥珀色，批注写着怎样改；工作表“{PROBLEMS}”列出全部问题，点一下就到那一格。改好后保存，再交同一个文件；标记不用删。",
        False,
    )
    yield (
        f"Cells that are wrong come back in amber with a note how to mend them; {PROBLEMS} lists them all. Mend them, save, hand in the same file.",
        False,
    )
