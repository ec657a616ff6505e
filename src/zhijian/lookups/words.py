"""What is said of each finding, in Chinese and English: numbers, what they may mean, what to do. No word of fraud."""

from zhijian.lookups.anomalies import Anomaly, Kind
from zhijian.lookups.model import PLACES_MOST

COUNTED_ZH = (
    "数字只是次数和大致网段数（同一 /24 或 /48 网段算一处，数到 64 为止），不记录 IP，也不知道是谁。包含机构自己的查询和程序的查询；"
    "一次查验里打开证据、溯源不再计。最近几秒的可能还没有计入。"
)
COUNTED_EN = (
    "The figures are numbers of looks and, roughly, of networks (one /24 or /48 is one place, counted up to 64). No IP address "
    "is kept, and nobody knows who it was. The institution's own looks and those of programs are among them; opening "
    "evidence or trace is not another look. The last seconds may be missing."
)
_POPULAR_ZH = "值得留意，不说明有问题：畅销产品、招投标、教学也会这样。"
_POPULAR_EN = (
    "Worth a look, and no sign of anything wrong by itself: a popular product, a tender or a lesson does the same."
)
_WORDS: dict[Kind, tuple[str, str]] = {
    Kind.MANY_PLACES: (
        f"一天内约 {{places}} 个网段查验这个编码，本机构的编码平常约 {{usual}} 个。{_POPULAR_ZH}"
        "如果这份报告不应广泛流传，请核对编码是否被印在别的产品或报告上。",
        f"About {{places}} networks looked at this code on one day; a code of this institution usually has about {{usual}}. "
        f"{_POPULAR_EN} If this report should not go round widely, see whether its code is printed on other products or reports.",
    ),
    Kind.GUESSED: (
        "这个编码有 {wrong_verifier} 次校验码或二维码不符，来自约 {places} 个网段。可能是印刷不清、抄错，也可能有人在试校验码，或别的报告用了这个编码。",
        "{wrong_verifier} times the verifier or QR did not belong to this code, from about {places} networks: unclear print, slips, "
        "somebody who tries verifiers, or another paper that bears this code.",
    ),
    Kind.UNKNOWN_CODES: (
        "有 {looks} 次查询带有本机构序号、但没有登记的编码（约 {tried} 个编码，{places} 个网段）。"
        "可能有人在试编号，也可能有报告印了不存在的编码，或报告漏了登记。",
        "{looks} questions about codes that name this institution and are not registered (about {tried} codes, {places} networks): "
        "somebody tries numbers, a paper bears a code that does not exist, or a report was not registered.",
    ),
    Kind.LOOKED_BEFORE_ISSUED: (
        "这个编码已租用、报告还没有登记，就被查验 {before_issue} 次（约 {places} 个网段）。离线赋码先打印后登记，会有这种情况；请尽快登记。",
        "This leased code was looked at {before_issue} times (about {places} networks) before its report was registered. With offline "
        "codes that happens, as paper comes first; register the report soon.",
    ),
    Kind.WITHDRAWN_STILL_SHOWN: (
        "报告已不再有效（更正、替换、撤回或被认定不实、虚假），当天仍被查验 {after_end} 次，来自约 {places} 个网段："
        "旧的纸质或文件可能还在使用。查验的人已看到现状；请通知委托方停用旧报告。",
        "The report is no longer valid (corrected, replaced, withdrawn, or found inaccurate or false) and was still looked at {after_end} "
        "times from about {places} networks: old paper may be in use. Those who looked saw its state; tell the client to stop using it.",
    ),
    Kind.SPIKE: (
        f"本机构的报告当天被查验 {{looks}} 次（{{codes}} 个编码），此前 28 天的中位数是每天 {{median}} 次。{_POPULAR_ZH}",
        f"The institution's reports were looked at {{looks}} times ({{codes}} codes); the median of the 28 days before is {{median}} "
        f"a day. {_POPULAR_EN}",
    ),
}
REASONS: dict[str, tuple[str, str]] = {
    "too-little-history": ("计数不足 7 天，还不知道平常是多少", "counted for less than 7 days: what is usual is not known yet"),
    "places-unknown": ("不知道网段数（服务前的代理没有转告来源）", "the number of networks is not known (a proxy does not pass on where requests come from)"),
    "usually-many": ("本机构的编码平常就有很多网段查验", "codes of this institution are usually looked at from many networks"),
}  # fmt: skip
"""Of what could not be judged and is told. Other reasons only say that a rule has no subject."""


def words(found: Anomaly) -> tuple[str, str]:
    """Chinese and English."""
    told = {name: _number(name, value) for name, value in found.numbers.items()}
    zh, en = _WORDS[found.kind]
    return zh.format(**told), en.format(**told)


def _number(name: str, value: int | float) -> str:
    if name in ("places", "tried"):
        return "?" if value == 0 else f"{value:g}+" if value >= PLACES_MOST else f"{value:g}"
    return str(value) if isinstance(value, int) else f"{value:.12g}"
