"""What cells of a template let people choose and warn them of: lists on a hidden sheet, and limits. Warnings only, never a
stop: reading is the judge, and takes a code where the list shows code and name."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zhijian.spec.load import specification
from zhijian.spec.workbook.layout import Column
from zhijian.spec.workbook.writing import as_text, choice


class Choices:
    """Code lists on the sheet 代码, a column each, written when first asked for."""

    def __init__(self, page: Worksheet) -> None:
        self._page, self._ranges = page, dict[str, str]()

    def of(self, name: str) -> str:
        """The range that holds the list, as a formula."""
        if name not in self._ranges:
            n = len(self._ranges) + 1
            entries = list(specification().codelists[name].values())
            as_text(self._page.cell(1, n), name)
            for row, entry in enumerate(entries, 2):
                as_text(self._page.cell(row, n), choice(entry.code, entry.zh))
            letter = get_column_letter(n)
            self._page.column_dimensions[letter].width = 24
            self._ranges[name] = f"'{self._page.title}'!${letter}$2:${letter}${len(entries) + 1}"
        return self._ranges[name]


def validation(column: Column, choices: Choices) -> DataValidation | None:
    """None where anything may be typed."""
    e = column.element
    if e.many:
        return None
    if e.codes:
        return _rule(column, "从下拉列表选择 choose from the list", type="list", formula1=choices.of(e.codes))
    match e.type.kind:
        case "bool":
            return _rule(column, "选“是”或“否” 是 yes, 否 no", type="list", formula1='"是,否"')
        case "date":
            return _rule(column, "写日期，如 2026-11-03 a date", type="date", operator="between",
                         formula1="DATE(1990,1,1)", formula2="DATE(2099,12,31)")  # fmt: skip
        case "integer" | "decimal" as kind:
            least, below = e.minimum or 0, 10 ** (e.type.length - e.type.places)
            type_ = "whole" if kind == "integer" else "decimal"
            return _rule(column, f"写数字，{least} 至 {below - 1} a number", type=type_, operator="between",
                         formula1=str(least), formula2=str(below - 1))  # fmt: skip
        case "text":
            operator = "equal" if e.type.exact else "lessThanOrEqual"
            words = f"{'应为' if e.type.exact else '最多'} {e.type.length} 个字符 characters"
            return _rule(column, words, type="textLength", operator=operator, formula1=str(e.type.length))
        case _:
            return None


def _rule(column: Column, words: str, **rule: str) -> DataValidation:
    made = DataValidation(allow_blank=True, showErrorMessage=True, errorStyle="warning", **rule)
    made.errorTitle, made.error = column.element.zh[:30], words
    return made
