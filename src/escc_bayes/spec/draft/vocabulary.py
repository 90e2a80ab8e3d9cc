"""Words by which columns and cells are known: English and Chinese, and those that say who died and when in German,
French, Spanish, Italian and Portuguese. A guess by a word is always said.
"""

import re

PERSONAL = re.compile(
    r"姓名|电话|手机|身份证|住址|地址|邮箱|出生|联系人"
    r"|^(?:patient[ _]?)?name$|^(?:sur|first|last|full|family|given)[ _]?name"
    r"|^(?:phone|tel|mobile|address|e-?mail|postcode|zip|ssn)\b"
    r"|birth|\bdob\b|national[ _]?id",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(
    r"编号|序号|病例号|住院号|病历号|登记号"
    r"|^(?:id|pid|patid|subjid|usubjid|mrn|ipp|patient|subject|case|no|nr|n[°º]|number|record[ _]?id"
    r"|study[ _]?(?:id|no)|(?:patient|case|subject)[ _]?(?:id|no|nr|number))\.?$",
    re.IGNORECASE,
)
# Measures whose whole numbers may follow one another in a small or made-up file.
MEASURE = re.compile(
    r"年龄|身高|体重|\bage|alter|\bâge|edad|\bet[àa]\b|idade|height|weight|dose|size|count|length|volume",
    re.IGNORECASE,
)
START = re.compile(
    r"开始|入组|诊断|确诊|治疗日期|手术日期|首次|随机|start|begin|enrol|inclu|diagnos|random|treat|surgery|operat|baseline|entry|first",
    re.IGNORECASE,
)
PROGRESSION = re.compile(
    r"进展|复发|转移|无病|局控|pfs|dfs|rfs|efs|ttp|lrfs|dmfs|progress|relaps|recur|disease[- _]?free|event[- _]?free",
    re.IGNORECASE,
)
DEATH = re.compile(
    r"死亡|生存|存活|总生存|末次|随访|\bos\b|^os[_ ]|[_ ]os$"
    r"|death|dead|died|deceas|surviv|alive|vital|follow|last|exit|end"
    r"|\btod|verstorben|[üu]berleb|letzte|d[ée]c[èe]s|survie|derni[èe]re|fallec|muert|supervivencia|[úu]ltim|decess"
    r"|sopravvivenza|[óo]bito|sobrevida",
    re.IGNORECASE,
)
EVENT = re.compile(
    r"状态|结局|是否死亡|是否进展|死亡$|进展$|status|event|censor|cnsr|dead|died|death$|progressed|relapsed|alive|vital"
    r"|\btod|verstorben|gestorben|d[ée]c[èe]s|fallec|muert|decess|[óo]bito|outcome|^d$|^delta$|^(?:os|pfs|dfs|rfs|efs)$",
    re.IGNORECASE,
)
TIME = re.compile(
    r"时间|生存期|月数|天数|time|surv|aval$|^t$|follow|^(?:os|pfs|dfs|rfs|efs|ttp|ttd)(?:[_ .(]|$)"
    r"|^(?:months?|days?|weeks?|years?)$|zeit|dauer|[üu]berleb|d[ée]lai|dur[ée]e|survie|tiempo|supervivencia|tempo"
    r"|sopravvivenza|sobrevida",
    re.IGNORECASE,
)
ORDERED = re.compile(
    r"分期|分级|等级|程度|评分|stage|grade|ecog|kps|\bps\b|^[ctnp]{1,2}$|^p?[tn]$|score|class|level|tertile|quartile",
    re.IGNORECASE,
)
LATE = (
    (re.compile(r"疗效|缓解|response|\borr\b|recist|\bbest\b", re.IGNORECASE), 3.0, "response to treatment"),
    (re.compile(r"周期|cycles?|courses|doses", re.IGNORECASE), 3.0, "how much treatment was given"),
    (re.compile(r"治疗后|放疗后|化疗后|术后|后淋巴|post|after|nadir|最低", re.IGNORECASE), 3.0, "after treatment"),
    (
        re.compile(r"治疗中|放疗中|化疗中|中淋巴|during|(?:^|[_ ])mid|on[- _]treatment", re.IGNORECASE),
        1.5,
        "during treatment",
    ),
)
UNITS = (
    ("months", re.compile(r"月|month|monat|mois|\bmes|\bmo\b|_m$", re.IGNORECASE)),
    ("days", re.compile(r"天|日数|day|\btage|jours?\b|\bd[íi]as|giorni|_d$", re.IGNORECASE)),
    ("weeks", re.compile(r"周|week|woche|semain|semana|settiman|\bwk", re.IGNORECASE)),
    ("years", re.compile(r"年|year|jahr|\bann[ée]es|\ba[ñn]os|\banni\b|\byr", re.IGNORECASE)),
)
# Words of cells, compared without case.
GONE = frozenset(
    {
        "/",
        "\\",
        "-",
        "--",
        "—",
        "?",
        "？",
        "n.a.",
        "na",
        "nk",
        "unk",
        "unknown",
        "missing",
        "not available",
        "not done",
        "nd",
        "未知",
        "不详",
        "缺失",
        "未查",
        "未测",
        "#",
    }
)
HAPPENED = frozenset(
    {
        "1",
        "yes",
        "y",
        "true",
        "dead",
        "died",
        "death",
        "deceased",
        "死亡",
        "是",
        "event",
        "progressed",
        "progression",
        "pd",
        "relapse",
        "relapsed",
        "recurrence",
        "进展",
        "复发",
        "已死亡",
        "dod",
        "failed",
        "ja",
        "tot",
        "verstorben",
        "gestorben",
        "oui",
        "mort",
        "morte",
        "décédé",
        "décédée",
        "décès",
        "sí",
        "si",
        "sì",
        "sim",
        "muerto",
        "muerta",
        "fallecido",
        "fallecida",
        "deceduto",
        "deceduta",
        "óbito",
    }
)
NOT_HAPPENED = frozenset(
    {
        "0",
        "no",
        "n",
        "false",
        "alive",
        "living",
        "censored",
        "存活",
        "生存",
        "否",
        "无",
        "none",
        "未进展",
        "无进展",
        "no event",
        "ned",
        "awd",
        "lost",
        "失访",
        "alive with disease",
        "no evidence of disease",
        "nein",
        "lebt",
        "lebend",
        "non",
        "vivant",
        "vivante",
        "en vie",
        "não",
        "vivo",
        "viva",
        "vivente",
    }
)
FIRST_LEVELS = (
    "0",
    "no",
    "none",
    "否",
    "无",
    "negative",
    "阴性",
    "-",
    "low",
    "absent",
    "i",
    "a",
    "control",
    "placebo",
    "female",
    "女",
)
ROMAN = ("0", "is", "i", "ii", "iii", "iv", "v")
SIZES = (
    "none",
    "low",
    "mild",
    "small",
    "medium",
    "moderate",
    "middle",
    "high",
    "severe",
    "large",
    "无",
    "低",
    "轻",
    "小",
    "中",
    "高",
    "重",
    "大",
)
HIGH_CODES = frozenset({97.0, 98.0, 99.0, 888.0, 997.0, 998.0, 999.0, 8888.0, 9998.0, 9999.0, -9.0, -99.0, -999.0})
PRIVATE_CELL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|1[3-9]\d{9}|\d{17}[\dXx]")
