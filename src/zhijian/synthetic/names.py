"""Invented names of people, brands and clients. Anything that names an organisation says 示例 or 模拟."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红玲芬燕彬斌辉鹏浩宇轩欣怡佳琪雪梅兰竹菊春秋晨晓东南北海山川河"
    "云天宁安康健福禄嘉文武学思远志诚信义礼智慧聪颖秀琳琴瑶瑾瑜珊珍珠莹莉蓉薇蕾蓓洁净清源泉波涵润泽江湖凯旋胜利国庆建"
    "立新民生光耀辰星月阳旭昊乐和顺成功业博雅"
)
_WEIGHTS = tuple(1 / (rank + 4) for rank in range(len(SURNAMES)))

BRAND_FIRST = {
    "青": "Q", "源": "Y", "中": "Z", "华": "H", "天": "T", "正": "Z", "安": "A", "信": "X", "恒": "H", "瑞": "R",
    "博": "B", "科": "K", "绿": "L", "蓝": "L", "金": "J", "银": "Y", "东": "D", "海": "H", "润": "R", "泰": "T",
    "康": "K", "诚": "C", "明": "M", "星": "X", "宏": "H", "远": "Y", "新": "X", "联": "L", "通": "T", "达": "D",
    "兴": "X", "盛": "S", "鼎": "D", "嘉": "J", "云": "Y", "九": "J", "三": "S", "方": "F", "江": "J", "山": "S",
}  # fmt: skip
BRAND_SECOND = {
    "衡": "H", "测": "C", "检": "J", "标": "B", "准": "Z", "验": "Y", "析": "X", "量": "L", "质": "Z", "和": "H",
    "成": "C", "德": "D", "威": "W", "谱": "P", "环": "H", "洁": "J", "泽": "Z", "川": "C", "林": "L", "原": "Y",
    "越": "Y", "朗": "L", "锐": "R", "毅": "Y", "翔": "X", "峰": "F", "维": "W", "格": "G", "尔": "E", "美": "M",
    "邦": "B", "利": "L", "丰": "F", "茂": "M", "迪": "D", "康": "K", "宁": "N", "辰": "C", "旭": "X", "正": "Z",
    "安": "A",
}  # fmt: skip

_TRADES = (
    "机械",
    "食品",
    "化工",
    "纺织",
    "置业",
    "建设",
    "电子",
    "农业",
    "环保",
    "水务",
    "建材",
    "物流",
    "餐饮",
    "塑业",
)


def person(rng: Random) -> str:
    """
    >>> person(Random(1)) == person(Random(1))
    True
    """
    given = "".join(rng.choices(GIVEN, k=1 if rng.random() < 0.22 else 2))
    return rng.choices(SURNAMES, _WEIGHTS)[0] + given


def brand(number: int) -> tuple[str, str]:
    """Two characters and their initials; neighbouring numbers look unlike each other, 1,640 before one returns.

    >>> brand(0) != brand(1) and brand(0) == brand(1640)
    True
    """
    place = number * 733 % (len(BRAND_FIRST) * len(BRAND_SECOND))
    first, second = divmod(place, len(BRAND_SECOND))
    (one, a), (two, b) = list(BRAND_FIRST.items())[first], list(BRAND_SECOND.items())[second]
    return one + two, a + b


def company(rng: Random, city: str) -> str:
    """A client."""
    return f"{city}示例{brand(rng.randrange(1640))[0]}{rng.choice(_TRADES)}有限公司"
