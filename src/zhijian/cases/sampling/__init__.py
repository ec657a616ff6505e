"""双随机、一公开: a draw of institutions and inspectors that nobody can choose and everybody can run again.

The office binds itself to plan, frame and a secret (commitment), a public value comes from elsewhere, and both make the seed; the
draw follows from it, byte for byte as docs/reference/draw.md says. Chances go by risk and are above 0 for each, so that the
inspections say something of all. Obeys 《检验检测机构监督管理办法》 article 18, 国办发〔2015〕58号, 国发〔2019〕5号.

>>> from zhijian.cases.sampling.chances import chances
>>> by = chances({"甲": 1, "乙": 1, "丙": 10}, take=1, equal=(1, 4))
>>> [str(by.of(name)) for name in "甲乙丙"]
['7/48', '7/48', '17/24']
"""

from zhijian.cases.sampling import life, looking, model, public, reading
from zhijian.cases.sampling.checking import checked
from zhijian.cases.sampling.drawing import summary
from zhijian.cases.sampling.estimate import estimates

__all__ = ["checked", "estimates", "life", "looking", "model", "public", "reading", "summary"]
