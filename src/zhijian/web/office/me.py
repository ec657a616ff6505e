"""`/office/me`: one's own account: password, where one is signed in, what one may do."""

from zhijian.identity import accounts, feeds, rights, sessions
from zhijian.identity.audit import noted
from zhijian.identity.model import AccountWrong, TooManyTries
from zhijian.web.office.door import Answer, Asked, Page, Sent, Shown
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


def show(asked: Asked) -> Shown:
    return _shown(asked, "")


def _shown(asked: Asked, wrong: str, status: int = 200, feed: str = "") -> Shown:
    return Shown("me.html", {
        "feed": feed, "feed_made_at": feeds.made_at(asked.db, asked.who), "wrong": WRONG.get(wrong, ""), "done": asked.query.get("done", "") == "1",
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
    Page(PATH + "/feed", "desk.see", make_feed, "POST", of_accounts=True),
    Page(PATH + "/feed/end", "desk.see", end_feed, "POST", of_accounts=True),
)
