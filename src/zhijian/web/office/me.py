"""`/office/me`: one's own account: password, passkeys, where one is signed in, what one may do."""

import json

from zhijian.identity import accounts, feeds, passkeys, rights, sessions
from zhijian.identity.audit import noted
from zhijian.identity.model import AccountWrong, TooManyTries
from zhijian.identity.passkeys import PasskeyRefused
from zhijian.web.office.door import Answer, Asked, Data, Page, Sent, Shown
from zhijian.web.say import zh

PATH = "/office/me"
WRONG = {
    "old-password": zh("原密码不对"),
    "short": zh("新密码至少 12 个字符"),
    "long": zh("新密码最长 200 个字符"),
    "plain": zh("新密码太好猜：不要用账号、连续或重复的字符"),
    "wait": zh("原密码试得太多了，过一会儿再试"),
    "twice": zh("两次填的新密码不一样"),
}
WRONG_KEY = {
    "old-password": zh("密码不对，通行密钥没有变"),
    "wait": zh("密码试得太多了，过一会儿再试"),
    "name": zh("给通行密钥起个名字，40 个字以内"),
    "many": zh("一个账号最多 10 个通行密钥，请先删掉不用的"),
    "challenge": zh("等得太久或用过一次了，请重新开始"),
    "answer": zh("浏览器的回答核对不上，没有登记"),
    "taken": zh("这个通行密钥已经登记过"),
    "unknown": zh("没有这个通行密钥"),
    "nowhere": zh("这个地址不能用通行密钥：要用域名，不能是 IP 地址"),
}


def show(asked: Asked) -> Shown:
    return _shown(asked, "")


def _shown(asked: Asked, wrong: str, status: int = 200, wrong_key: str = "", feed: str = "") -> Shown:
    return Shown("me.html", {
        "wrong": WRONG.get(wrong, ""), "wrong_key": WRONG_KEY.get(wrong_key, ""), "keys": passkeys.of_account(asked.db, asked.who.account),
        "possible": asked.party is not None, "demanded": asked.query.get("passkey", "") == "demanded", "done": asked.query.get("done", "") == "1",
        "feed": feed, "feed_made_at": feeds.made_at(asked.db, asked.who),
        "open": sessions.of_account(asked.db, asked.who.account, asked.token, asked.at),
        "acts": [act for act in rights().values() if asked.who.may(act.id)],
    }, status)  # fmt: skip


def set_password(asked: Asked) -> Answer:
    old, new, again = (str(asked.form.get(name, "")) for name in ("old", "new", "again"))
    if new != again:
        return _shown(asked, "twice", 422)
    try:
        accounts.set_password(asked.db, asked.who, old, new, asked.token, asked.at)
    except AccountWrong as why:
        return _shown(asked, why.value, 422)
    except TooManyTries:
        return _shown(asked, "wait", 429)
    return Sent(PATH + "?done=1")


def end_others(asked: Asked) -> Sent:
    count = sessions.end_all(asked.db, asked.who.account, but=asked.token)
    noted(asked.db, asked.who, "sessions.ended", asked.who.login, asked.at, detail={"count": count})
    return Sent(PATH + "?done=1")


def begin_passkey(asked: Asked) -> Answer:
    """For the page's script: what the browser is to make, after the password."""
    try:
        _password_again(asked)
        if asked.party is None:
            return _no_key(asked, "nowhere")
        name = str(asked.form.get("name", ""))
        return Data(passkeys.registering(asked.db, asked.party, asked.who, name, asked.token, asked.at))
    except (AccountWrong, PasskeyRefused) as why:
        return _no_key(asked, why.value)
    except TooManyTries:
        return _no_key(asked, "wait", 429)


def add_passkey(asked: Asked) -> Answer:
    if asked.party is None:
        return _no_key(asked, "nowhere")
    try:
        passkeys.register(
            asked.db, asked.party, asked.who, str(asked.form.get("credential", "")), asked.token, asked.at
        )
    except PasskeyRefused as why:
        return _no_key(asked, why.value)
    return Data(json.dumps({"to": PATH + "?done=1"}))


def remove_passkey(asked: Asked) -> Answer:
    try:
        _password_again(asked)
        passkeys.remove(asked.db, asked.who, asked.path["passkey"][:1500], asked.at)
    except (AccountWrong, PasskeyRefused) as why:
        return _shown(asked, "", 422, why.value)
    except TooManyTries:
        return _shown(asked, "", 429, "wait")
    return Sent(PATH + "?done=1")


def _password_again(asked: Asked) -> None:
    """Raises: AccountWrong, TooManyTries."""
    if not (password := str(asked.form.get("password", ""))):
        raise AccountWrong("old-password")
    accounts.asked_again(asked.db, asked.who, password, asked.at)


def _no_key(asked: Asked, why: str, status: int = 422) -> Data:
    return Data(json.dumps({"why": why, "said": str(asked.t(WRONG_KEY[why]))}, ensure_ascii=False), status)


def make_feed(asked: Asked) -> Shown:
    """The address is shown this once: only the key's digest is kept."""
    return _shown(asked, "", feed=feeds.make(asked.db, asked.who, asked.at))


def end_feed(asked: Asked) -> Sent:
    feeds.end(asked.db, asked.who, asked.at)
    return Sent(PATH + "?done=1")


PAGES = (
    Page(PATH, "desk.see", show, of_accounts=True),
    Page(PATH + "/password", "desk.see", set_password, "POST", of_accounts=True),
    Page(PATH + "/sessions/end", "desk.see", end_others, "POST", of_accounts=True),
    Page(PATH + "/passkeys/begin", "desk.see", begin_passkey, "POST", of_accounts=True),
    Page(PATH + "/passkeys", "desk.see", add_passkey, "POST", of_accounts=True),
    Page(PATH + "/passkeys/{passkey}/remove", "desk.see", remove_passkey, "POST", of_accounts=True),
    Page(PATH + "/feed", "desk.see", make_feed, "POST", of_accounts=True),
    Page(PATH + "/feed/end", "desk.see", end_feed, "POST", of_accounts=True),
)
