"""When there is no answer: where the wrong character is, what may have happened, what to do."""

from dataclasses import dataclass

from markupsafe import Markup

from zhijian.web import dates
from zhijian.web.say import Say, zh
from zhijian.web.service import CodeMalformed, CodesError, CredentialRefused, SignerRevoked, VerifierWrong
from zhijian.web.typed import CODE_LENGTH, tidy

REASONS = {
    "length": zh("报告编码是 18 位，您输入了 {count} 位。"),
    "other": zh("这不是报告编码。报告编码是 18 位数字和字母。"),
    "symbol": zh("编码里有不会用到的字符。"),
    "check": zh("编码与校验位不符，可能抄错了不止一位。"),
    "province": zh("编码开头的两位不是省级行政区代码。"),
}


@dataclass(frozen=True, slots=True)
class Plate:
    groups: list[Markup]
    label: Markup


@dataclass(frozen=True, slots=True)
class NotFoundView:
    kind: str
    sign: str
    word: Markup
    line: Markup
    typed: Plate | None
    repaired: Plate | None
    suggestion: str | None
    look: Markup | None
    field: str
    field_problem: Markup | None


def not_found_view(error: CodesError, typed: str, t: Say) -> NotFoundView:
    """For CodeMalformed and CodeUnknown. `typed` is shown as it was given, cut to what fits a field."""
    plain = tidy(typed)
    if not isinstance(error, CodeMalformed):
        plate = Plate([Markup.escape(part) for part in dates.groups(plain)], t("您输入的编码 {code}", code=plain))
        line = t("没有这个编码的登记。下面列出可能的原因。")
        shown = plate if plain and len(plain) == CODE_LENGTH else None
        return NotFoundView("none", "lens", t("未找到"), line, shown, None, None, None, "", None)
    position, suggestion = error.position, error.suggestion
    if position is None or suggestion is None or len(plain) != CODE_LENGTH:
        line = t(REASONS[_reason(error, plain)], count=len(plain))
        return NotFoundView("none", "lens", t("未找到"), line, None, None, None, None, typed[:40], line)
    wrong, right = plain[position - 1], suggestion[position - 1]
    return NotFoundView(
        "none",
        "lens",
        t("未找到"),
        t("编码第 {position} 位可能抄错了。", position=position),
        Plate(_marked(plain, position, "wrong"), t("{code}，第 {position} 位 {wrong} 可能有误", code=_spoken(plain),
              position=position, wrong=wrong)),
        Plate(_marked(suggestion, position, "right"), t("{code}，第 {position} 位改为 {right}",
              code=_spoken(suggestion), position=position, right=right)),
        suggestion,
        t("请先看一眼报告上印的第 {position} 位是不是 {right}。", position=position, right=right),
        dates.hyphenated(plain),
        t("第 {position} 位与校验位不符", position=position),
    )  # fmt: skip


def _reason(error: CodeMalformed, plain: str) -> str:
    """Key of REASONS. Characters are counted only where what was typed could be a code that is cut or has too many."""
    could_be = plain.isascii() and (plain.isalnum() or len(plain) == CODE_LENGTH)
    if not could_be:
        return "other"
    return error.reason if error.reason in REASONS else "check"


def refused_view(error: VerifierWrong | CredentialRefused | SignerRevoked, t: Say) -> NotFoundView:
    """The code is registered, and what came with it does not belong to it: amber, a look is needed."""
    if isinstance(error, VerifierWrong):
        word, line = t("校验码不符"), t("编码有登记，但这 6 位校验码不属于它。")
    elif isinstance(error, SignerRevoked):
        word, line = (
            t("登记不作数"),
            t("登记它的签名密钥当时已经作废，可能是有人盗用。不要使用这份报告，请向机构核实。"),
        )
    else:
        word, line = t("二维码未通过核验"), t("编码有登记，但二维码里的凭证与登记不一致。")
    return NotFoundView("care", "alert", word, line, None, None, None, None, "", None)


def _spoken(code: str) -> str:
    return " ".join(dates.groups(code))


def _marked(code: str, position: int, kind: str) -> list[Markup]:
    mark = Markup('<mark class="right">{}</mark>') if kind == "right" else Markup("<mark>{}</mark>")
    parts: list[Markup] = []
    for start in range(0, CODE_LENGTH, 4):
        group = code[start : start + 4]
        inside = position - 1 - start
        if 0 <= inside < len(group):
            parts.append(
                Markup.escape(group[:inside]) + mark.format(group[inside]) + Markup.escape(group[inside + 1 :])
            )
        else:
            parts.append(Markup.escape(group))
    return parts
