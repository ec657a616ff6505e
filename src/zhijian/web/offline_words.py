"""What the offline page says of each outcome. The modules in ui/js only choose among these.

The same words as online, but for what lists cannot tell: they know four values, no institution's name and no history.
`{at}` is the time of the status list.
"""

from dataclasses import dataclass

from zhijian.web.say import zh


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    kind: str
    """CSS class of the band; red is never used: a list does not say whether there was a finding."""
    sign: str
    """Name of the drawing in parts/sign.html."""
    word: str
    line: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    advice: str | None = None


SIGNED = zh("凭证的签名正确，签名的密钥在信任列表里")
FORM = zh("编码没有抄错：校验位相符")
LATER = zh("列表签发之后的变化")
WHO = zh("机构名称、样品和结果。凭证里没有，联网后才能看到")
REGISTERED_UNKNOWN = zh("是否登记、现在是否有效")

OUTCOMES: dict[str, OutcomeWords] = {
    "valid": OutcomeWords(
        "valid", "tick", zh("在册有效"), zh("截至 {at}，没有更正、替换或撤回。"),
        (SIGNED, zh("列表签发时，没有更正、替换或撤回")),
        (LATER, WHO, zh("报告的结论一定正确")),
    ),
    "invalid": OutcomeWords(
        "stopped", "minus", zh("无效"), zh("截至 {at}，已撤回，或监管部门已认定不实、虚假。请不要使用。"),
        (SIGNED, zh("列表写明它已无效")),
        (zh("是撤回还是认定，原因是什么。机构撤回不等于违法"), LATER, WHO),
        zh("联网后查看是哪一种、为什么。"),
    ),
    "suspended": OutcomeWords(
        "care", "alert", zh("存疑"), zh("截至 {at}，监管部门正在核查，结论以公布为准。"),
        (SIGNED, zh("列表写明它暂停使用")),
        (zh("报告不实或虚假。核查还没有结论"), LATER, WHO),
        zh("重要用途请等核查结论，或换一家机构重新检测。"),
    ),
    "superseded": OutcomeWords(
        "changed", "arrow", zh("已有新报告"), zh("截至 {at}，机构已用新报告更正或替换了它。"),
        (SIGNED, zh("列表写明已有新报告")),
        (zh("新报告的编码。联网后才能看到"), LATER, WHO),
        zh("请向对方索取新报告，以新报告为准。"),
    ),
    "unregistered": OutcomeWords(
        "none", "lens", zh("是否登记未知"), zh("机构签了名，但离线看不出它登记过没有。"),
        (SIGNED, FORM), (REGISTERED_UNKNOWN, WHO),
        zh("请联网查询，或选上证明文件再核。"),
    ),
    "unknown": OutcomeWords(
        "none", "clock", zh("签名正确，状态未知"), zh("不知道它现在是否有效。"),
        (SIGNED, FORM), (zh("现在是否有效：可能已更正、替换或撤回"), WHO),
        zh("请联网更新离线数据，再核一次。"),
    ),
    "format": OutcomeWords(
        "none", "lens", zh("格式正确，状态未知"), zh("只凭 18 位编码，离线只能看出它没有抄错。"),
        (FORM,), (REGISTERED_UNKNOWN, zh("这份报告存在")),
        zh("请扫报告上的大二维码，里面有签名；或联网查询。"),
    ),
    "no-trust": OutcomeWords(
        "none", "clock", zh("格式正确，签名没有核"), zh("还没有离线数据，不能核签名和状态。"),
        (FORM,), (REGISTERED_UNKNOWN, zh("二维码里的签名是真的")),
        zh("请先在有网时打开本页，取一次离线数据。"),
    ),
    "trust-old": OutcomeWords(
        "none", "clock", zh("格式正确，签名没有核"), zh("信任列表已到期，不能再相信。"),
        (FORM,), (REGISTERED_UNKNOWN, zh("二维码里的签名是真的")),
        zh("请联网更新离线数据，再核一次。"),
    ),
    "trust-refused": OutcomeWords(
        "care", "alert", zh("信任列表未通过核验"), zh("存着的信任列表不是根公钥签发的，没有使用它。"),
        (FORM,), (REGISTERED_UNKNOWN, zh("二维码里的签名是真的")),
        zh("请联网更新离线数据，并核对下面的根公钥指纹。"),
    ),
    "refused": OutcomeWords(
        "care", "alert", zh("二维码未通过核验"), zh("里面的凭证不能证明这份报告登记过。"),
        (FORM,), (zh("报告有假。也可能没有扫全，或离线数据太旧"), REGISTERED_UNKNOWN),
        zh("请重新扫一次。还是这样时，联网按编码查询，与手中的报告逐项核对。"),
    ),
    "host": OutcomeWords(
        "care", "alert", zh("另一个网站"), zh("这个二维码指向 {host}，它不在信任列表里，没有为您打开。"),
        (zh("二维码里的编码和凭证见下面"),),
        (zh("那个网站说的是真的。仿冒的网站可以显示任何结果"), LATER, WHO),
        zh("请不要打开那个网站。联网后在本站按编码查询。"),
    ),
    "mistyped": OutcomeWords(
        "none", "lens", zh("编码有误"), zh("请对照报告再输一次。"), (), (zh("未登记的报告有假"),),
    ),
    "no-address": OutcomeWords(
        "none", "lens", zh("这个二维码不是报告二维码"), zh("里面没有报告编码。"), (), (),
        zh("请扫报告首页上的二维码，或输入编码。"),
    ),
}  # fmt: skip

REASONS: dict[str, str] = {
    "status-missing": zh("没有这个省、这个月的状态列表。请联网更新，或在“选择省份”里加上它。"),
    "status-expired": zh("状态列表签发于 {at}，已过有效期，不能再相信。请联网更新。"),
    "status-no-entry": zh("这份报告比状态列表（{at}）新，列表里还没有它。请联网更新。"),
    "status-refused": zh("状态列表未通过核验，没有使用它。请联网更新。"),
    "clock": zh("列表或凭证的时间在将来。请看看设备的日期和时间对不对。"),
    "stale-bad": zh("过期的列表（{at}）里，它已经不是有效的。请不要使用，联网后看现在的状态。"),
    "signature": zh("签名与信任列表里的密钥不符：内容被改过，或不是它签的。"),
    "form": zh("凭证不是规定的格式，可能没有扫全。"),
    "another-code": zh("凭证属于另一个编码，可能是从别的报告抄来的。"),
    "unknown-key": zh("签名的密钥不在信任列表里。离线数据太旧时也会这样。"),
    "key-scope": zh("签名的密钥不能代表这家机构或这个省。"),
    "key-time": zh("签名的密钥不在有效期内。"),
    "key-revoked": zh("签名的密钥已撤销。撤销之前登记的报告，选上证明文件可以核。"),
    "suite": zh("签名算法与密钥不符。"),
    "length": zh("报告编码是 18 位。"),
    "symbol": zh("编码里有不会用到的字符。"),
    "check": zh("编码与校验位不符，可能抄错了不止一位。"),
    "located": zh("编码第 {position} 位可能抄错了。"),
    "province": zh("编码开头的两位不是省级行政区代码。"),
    "proof-refused": zh("证明文件未通过核验，没有使用它。请在有网时重新下载。"),
    "proof-of-another": zh("证明文件是另一份报告的，没有使用它。"),
    "proof-without-record": zh("证明文件里没有登记记录。请输入校验码后再下载一次。"),
    "file-differs": zh("文件字节与登记不一致。重新扫描、另存、加过签章或批注，都会改变字节。"),
}
"""Sentences below the band, by the reason that the modules give."""
