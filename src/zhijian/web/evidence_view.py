"""The proof drawer: signature, status, log and digests, for people who check them."""

from collections.abc import Iterator

from markupsafe import Markup

from zhijian.web import dates
from zhijian.web.facts_view import Fact
from zhijian.web.say import Say
from zhijian.web.service import Answer
from zhijian.web.words import STATUS_VALUES


def evidence(answer: Answer, t: Say) -> list[Fact]:
    return [*_signatures(answer, t), _status(answer, t), _log(answer, t), *_digests(answer, t)]


def _signatures(answer: Answer, t: Say) -> Iterator[Fact]:
    signature = answer.signature
    if signature is None:
        yield Fact(t("签名"), t("没有。报告还没有登记。") if answer.issued_on is None else t("没有"))
        return
    yield Fact(
        t("凭证签名"),
        t("{suite}，密钥 {kid}（{name}），信任列表第 {version} 版", suite=signature.suite, kid=signature.kid,
          name=signature.key_name, version=signature.trust_version),
        note=t("{at} 登记并会签", at=dates.second(signature.registered_at)),
    )  # fmt: skip
    yield Fact(
        t("机构签名"),
        t("密钥 {kid}（{name}）", kid=signature.institution_kid, name=signature.institution_key_name),
        note=t("{at} 签发", at=dates.second(signature.issued_at)),
    )


def _status(answer: Answer, t: Say) -> Fact:
    status = answer.status
    word = t(STATUS_VALUES[status.value]) if 0 <= status.value < len(STATUS_VALUES) else t("未知")
    return Fact(
        t("状态"),
        t("列表 {list}，第 {index} 位，值 {value}（{word}）", list=status.list_id, index=f"{status.index:,}",
          value=status.value, word=word) if status.index is not None
        else t("列表 {list}，值 {value}（{word}）", list=status.list_id, value=status.value, word=word),
        note=t("{at} 读取", at=dates.second(status.read_at)),
    )  # fmt: skip


def _log(answer: Answer, t: Say) -> Fact:
    log = answer.log
    if log is None:
        return Fact(t("日志"), t("还没有进入检查点"), note=t("登记后几秒内写入日志，可以稍后再查"))
    seen = t("尚无外部见证")
    if log.witnesses:
        seen = t("见证 {count} 方：{names}", count=len(log.witnesses), names=t.listed(log.witnesses))
    return Fact(
        t("日志"),
        t("{origin}，第 {index} 条", origin=log.origin, index=f"{log.index:,}"),
        note=t("检查点 {size} 条，{at}；{seen}", size=f"{log.size:,}", at=dates.second(log.checkpoint_at), seen=seen),
    )


def _digests(answer: Answer, t: Say) -> Iterator[Fact]:
    if answer.full is None:
        return
    bytes_of = Markup('<span class="bytes">{}</span>')
    full = answer.full
    yield Fact(t("文件摘要"), bytes_of.format(f"{full.file_digest_algorithm}:{full.file_digest}"))
    yield Fact(t("关键信息摘要"), bytes_of.format(full.facts_digest))
