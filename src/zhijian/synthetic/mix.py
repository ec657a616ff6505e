"""Who is in the field: which fields of work go together, legal forms, sizes. Calibrated on the national statistics.

Shares of fields follow 2023 (机动车 15,760, 环境 8,601, 建筑工程 8,241, 建筑材料 7,366, 水质 3,532, 食品 3,455, 农林 3,117,
卫生疾控 2,645, 材料 1,641 of 53,834 institutions; one may count in several). 其他 6,269 is spread over five fields.
Legal forms follow 2024 (企业 77.8 %, 事业 19.0 %, 民营 63.9 %). How often a field is public is an assumption.
"""

import math
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

VEHICLES, ENVIRONMENT, CONSTRUCTION, MATERIALS, FOOD = "05", "12", "01", "02", "00"


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of institution: the fields it works in, main field first, and what is usual for it."""

    share: float
    fields: tuple[str, ...]
    public_share: float
    word: str
    """What its name says."""
    mark: str
    """Two letters in its report numbers."""
    ministries: tuple[str, ...]


LINES = (
    Line(0.293, ("05",), 0.02, "机动车检测", "JD", ("02", "07", "11")),
    Line(0.120, ("12",), 0.25, "环境检测", "HJ", ("05", "34")),
    Line(0.030, ("12", "13"), 0.35, "环境与水质检测", "HS", ("05", "08", "34")),
    Line(0.010, ("12", "03"), 0.60, "环境卫生检测", "HW", ("05", "10")),
    Line(0.098, ("01",), 0.16, "建设工程检测", "GC", ("06", "07", "08")),
    Line(0.055, ("01", "02"), 0.14, "工程质量检测", "GZ", ("06", "34")),
    Line(0.082, ("02",), 0.12, "建材检验", "JC", ("28", "06", "11")),
    Line(0.030, ("00",), 0.30, "食品检验", "SP", ("14", "11", "34")),
    Line(0.020, ("00", "04"), 0.50, "食品农产品检测", "SN", ("09", "11")),
    Line(0.006, ("00", "13"), 0.45, "食品与水质检测", "SS", ("11", "14")),
    Line(0.008, ("00", "03"), 0.80, "卫生检验", "WS", ("10",)),
    Line(0.038, ("04",), 0.55, "农林产品检测", "NL", ("09", "15")),
    Line(0.025, ("03",), 0.85, "疾病预防控制检测", "CD", ("10",)),
    Line(0.006, ("03", "13"), 0.85, "卫生与水质检测", "WZ", ("10",)),
    Line(0.024, ("13",), 0.50, "水质检测", "SZ", ("08", "06")),
    Line(0.0305, ("08",), 0.10, "材料检测", "CL", ("22", "11", "34")),
    Line(0.026, ("11",), 0.20, "纺织品检测", "FZ", ("26", "11")),
    Line(0.018, ("10",), 0.22, "轻工产品检测", "QG", ("26", "11")),
    Line(0.024, ("09",), 0.20, "电子电器检测", "DZ", ("01", "11")),
    Line(0.016, ("14",), 0.25, "化工产品检测", "HG", ("23", "11")),
    Line(0.016, ("17",), 0.25, "能源产品检测", "NY", ("24", "11")),
    Line(0.016, ("21",), 0.35, "防雷检测", "FL", ("34",)),
)

_SIGMA = 1.91
"""Lognormal spread of output: the largest 15 % then hold Φ(1.91 − 1.036) = 81 %."""

_PLACE = 0.7548776662466927
_SIZE = 0.5698402909980532
"""Powers of the inverse plastic number (the R2 sequence): any run of neighbouring indices covers fields and sizes
evenly, so that sixty institutions look like the nation, and adding one leaves the others as they were."""


def line_of(index: int, start: float) -> Line:
    """
    >>> sum(line_of(i, 0.1).fields == ("05",) for i in range(1000))
    295
    """
    place = (start + index * _PLACE) % 1.0 * math.fsum(line.share for line in LINES)
    for line in LINES:
        place -= line.share
        if place < 0:
            return line
    return LINES[0]


def size_of(index: int, start: float) -> float:
    """Size as a standard normal score; output, staff, instruments and scope all grow with it."""
    quantile = (start + index * _SIZE) % 1.0
    return NormalDist().inv_cdf(min(max(quantile, 1e-6), 1 - 1e-6))


def output_weight(score: float) -> float:
    """Reports relative to others."""
    return math.exp(_SIGMA * score)


def legal_form(rng: Random, line: Line) -> tuple[str, str]:
    """Legal form and ownership."""
    if rng.random() < line.public_share:
        return "事业", "国有"
    if rng.random() < 0.036:
        return "其他", rng.choices(("民营", "集体", "其他"), (4, 2, 1))[0]
    return "企业", rng.choices(("民营", "国有", "集体", "外资", "港澳台", "其他"), (80, 13, 2.2, 2, 1.6, 1.2))[0]
