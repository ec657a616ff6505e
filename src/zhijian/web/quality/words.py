"""Words of these pages that are no part of a template."""

from zhijian.exchange.model import DIMENSIONS, Severity, Text
from zhijian.exchange.quality.comparing import Change
from zhijian.exchange.scorecard.model import ALL, UNRECOGNISED, Apart
from zhijian.spec import specification
from zhijian.web.say import zh

LEVELS = (zh("一级"), zh("二级"), zh("三级"), zh("四级"), zh("五级"))
APART = {
    Apart.SPECIFICATION: zh("规范版本不同"),
    Apart.RULES: zh("规则版本不同"),
    Apart.OWN_RULES: zh("含本省自定规则"),
    Apart.UNRECOGNISED: zh("有未识别的表"),
    Apart.DATASETS: zh("数据集与多数省份不同"),
}
SEVERITIES = {Severity.ERROR: zh("错误"), Severity.WARNING: zh("提醒"), Severity.NOTE: zh("说明，不计分")}
CHANGES = {Change.NEW: zh("新出现"), Change.WORSE: zh("加重"), Change.BETTER: zh("减轻"), Change.GONE: zh("不再出现")}
REGIONS = {"1": zh("华北"), "2": zh("东北"), "3": zh("华东"), "4": zh("中南"), "5": zh("西南"), "6": zh("西北")}
"""By the first digit of the province's code (GB/T 2260)."""
NAMES = {ALL: Text("总分", "Whole"), **{str(d): Text(*names) for d, names in DIMENSIONS.items()}}
"""Of a dimension; of all of them, the whole."""


def dataset_name(dataset: str) -> Text:
    """
    >>> dataset_name("*").zh, dataset_name("report").zh, dataset_name("gone-by").zh
    ('全部数据集', '检验检测报告', 'gone-by')
    """
    if dataset == ALL:
        return Text("全部数据集", "All data sets")
    if dataset == UNRECOGNISED:
        return Text("未识别的表", "Tables not recognised")
    entity = specification().entities.get(dataset)
    return Text(entity.zh, entity.en) if entity else Text(dataset, dataset)
