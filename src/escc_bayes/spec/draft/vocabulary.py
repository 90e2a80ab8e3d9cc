"""Words by which columns and cells are known: English and Chinese, and those that say who died and when in German,
French, Spanish, Italian, Portuguese, Korean, Japanese and Russian. A guess by a word is always said.
"""

import re

PERSONAL = re.compile(
    r"姓名|电话|手机|身份证|住址|地址|邮箱|出生|联系人|성명|이름|전화|주민|주소|생년월일|氏名|住所|生年月日|電話"
    r"|фамил|фио|телефон|адрес|рожден"
    r"|^(?:patient[ _]?)?name$|^(?:sur|first|last|full|family|given)[ _]?name"
    r"|^(?:phone|tel|mobile|address|e-?mail|postcode|zip|ssn)\b"
    r"|birth[- _]?(?:date|day|place)|birthdate|(?:date|place|year)[ _]of[ _]birth|\bdob\b|national[ _]?id",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(
    r"编号|序号|病例号|住院号|病历号|登记号|환자번호|등록번호|연구번호|患者id|患者番号|症例番号|^номер|^№"
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
    r"开始|入组|诊断|确诊|治疗日期|手术日期|首次|随机|시작|진단|등록|수술|開始|診断|登録|手術|начал|диагноз|операци|включен"
    r"|start|begin|enrol|inclu|diag|\bdx|random|treat|surgery|operat|baseline|entry|first",
    re.IGNORECASE,
)
# Columns that may hold dates as the numbers of a workbook.
DATE_NAME = re.compile(
    r"日期|날짜|年月日|дата|date|datum|fecha|\bdt\b|_dt$|start|begin|enrol|diagnos|random|surgery|last|death|seen|contact|visit",
    re.IGNORECASE,
)
PROGRESSION = re.compile(
    r"进展|复发|转移|无病|局控|진행|재발|増悪|再発|無増悪|無再発|無病|прогресс|рецидив"
    r"|pfs|dfs|rfs|efs|ttp|lrfs|dmfs|\bpfi\b|\bdfi\b|^fail(?:time|cens|stat)"
    r"|progress|relaps|recur|disease[- _]?free|event[- _]?free",
    re.IGNORECASE,
)
DEATH = re.compile(
    r"死亡|生存|存活|总生存|末次|随访|사망|생존|추적|最終|観察|転帰|умер|смерт|выжива|наблюд|последн"
    r"|\bos\b|^os[_ .]|[_ .]os$|\bdth"
    r"|death|dead|died|deceas|surviv|alive|vital|follow|last|exit|end"
    r"|\btod|verstorben|[üu]berleb|letzte|d[ée]c[èe]s|survie|derni[èe]re|fallec|muert|supervivencia|[úu]ltim|decess"
    r"|sopravvivenza|[óo]bito|sobrevida",
    re.IGNORECASE,
)
EVENT = re.compile(
    r"状态|结局|是否死亡|是否存活|是否进展|是否复发|死亡|进展|复发|사망|재발|진행|転帰|死亡の有無|再発|増悪|умер|смерть|исход|статус"
    r"|status|event|censor|cens$|cnsr|dead|died|death\b|progress|relaps|recurr|alive|vital|failure|^_d$|\bdth|[a-z]stat\b"
    r"|\btod|verstorben|gestorben|d[ée]c[èe]s|fallec|muert|decess|[óo]bito|outcome|^d$|^delta$"
    r"|生死|생존 ?여부|생존 ?상태|생사"
    r"|^(?:os|pfs|dfs|rfs|efs|pfi|dfi|dss|css|ttp|lrfs|dmfs)$",
    re.IGNORECASE,
)
TIME = re.compile(
    r"时间|生存期|月数|天数|(?:生存|存活|随访)[^状态结局]{0,4}[(（]?(?:月|天|年|周)|기간|期間|срок|выжива|длительн"
    r"|time|surv|aval\b|^_?t$|follow|\bfu\b|^fu_|last contact"
    r"|^(?:os|pfs|dfs|rfs|efs|ttp|ttd|pfi|dfi|dss|css|lrfs|dmfs)(?:[_ .,:;/(（-]|mos?$|m$|days?$|d$|t$|months?$|$)"
    r"|^(?:months?|days?|weeks?|years)$|zeit|dauer|[üu]berleb|d[ée]lai|dur[ée]e|survie|tiempo|supervivencia|tempo"
    r"|sopravvivenza|sobrevida",
    re.IGNORECASE,
)
ORDERED = re.compile(
    r"分期|分级|等级|程度|评分|병기|등급|病期|ステージ|стади|степен|stage|\bstg\b|grade|ecog|kps|karno|\bps\b|^[ctnp]{1,2}$|^p?[tn]$|score|class|level|tertile|quartile",
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
    ("months", re.compile(r"月|개월|мес|month|monat|mois|\bmes|\bmo\b|_m$", re.IGNORECASE)),
    ("days", re.compile(r"天|日数|일수|\(일\)|дн(?:и|ей)|сут|day|\btage|jours?\b|\bd[íi]as|giorni|_d$", re.IGNORECASE)),
    ("weeks", re.compile(r"周|недел|week|woche|semain|semana|settiman|\bwk", re.IGNORECASE)),
    ("years", re.compile(r"年|лет|years?|jahr|\bann[ée]es|\ba[ñn]os|\banni\b|\byr", re.IGNORECASE)),
)
UNIT_COLUMN = re.compile(r"^avalu\b|^(?:time|os|pfs)[ _.]?units?$|^units?$", re.IGNORECASE)
# Times and events of one of several endpoints of ADaM.
OF_ADAM = re.compile(r"^(?:aval|cnsr) \S", re.IGNORECASE)
# Not a time, though it speaks of survival; and the months at which a row of several begins and ends.
NO_TIME = re.compile(
    r"percent|%|\brate\b|\bprob|比例|率$|pro_?time|prothrombin|clotting|bleeding|doubling|operat|surgery|anaesth|anesth"
    r"|手术(?:时间|时长)|凝血",
    re.IGNORECASE,
)
BEGINS = re.compile(r"^t?start(?:[ _.]?time)?$", re.IGNORECASE)
ENDS = re.compile(r"^t?stop(?:[ _.]?time)?$", re.IGNORECASE)
# Status of other things than the patient's life or disease: a covariate, whatever its codes.
OTHER_STATUS = re.compile(
    r"ecog|karnofsky|perform|\bps\b|smok|alcohol|drink|marital|married|menopaus|mutat|her-?2|hpv|ebv|hbv|hiv|nodal|\bnode|margin"
    r"|\bmsi\b|pd-?l1|kras|egfr|receptor|\ber\b|nutrition|insurance|employ|vaccin|residen|fertil|disabil"
    r"|\btype\b|\bsite\b|\bcause|类型|部位|原因|体能|吸烟|饮酒|婚姻|营养|绝经|突变|切缘|淋巴结|흡연|음주|喫煙|飲酒|курен|adverse|toxic",
    re.IGNORECASE,
)
# What became of a patient after time zero: no covariate, since those who live longer have had more of it.
BECAME = re.compile(
    r"tumou?r[ _]?status|disease[ _]?status|new[ _]tumou?r|days[ _]to(?:[ _]|$)|^days[ _]?to"
    r"|cause[ _]of[ _]death|death[ _]cause|死因|死亡原因|(?:复发|转移|进展)(?:部位|类型|模式)"
    r"|(?:site|type|place)[ _]of[ _](?:first[ _])?(?:relapse|recurrence|progression|failure|metast)"
    r"|(?:relapse|recurrence|progression|failure)[ _](?:site|type|place|pattern)",
    re.IGNORECASE,
)
# Names of endpoints, as columns bear them.
ENDPOINTS = re.compile(r"(?<![a-z])(os|pfs|dfs|rfs|efs|ttp|pfi|dfi|dss|css|lrfs|dmfs)(?![a-z])", re.IGNORECASE)
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
# Short for a longer level of the same column.
SHORT_FOR = {"m": ("male", "männlich", "masculin"), "f": ("female", "femme", "féminin"), "w": ("weiblich", "woman")} | {
    "y": ("yes",),
    "n": ("no",),
    "j": ("ja",),
}
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
# Numbers with signs between thousands, with or without them: 1.234,5 or 678,9.
GROUPED = re.compile(r"-?\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d+)?")
FIGURES = "0123456789.,<>≤≥~≈- "
NUMBER_WITH_WORDS = re.compile(r"[<>≤≥~≈]?\s*-?\d+(?:[.,]\d+)?\s*(?:%|[^\W\d_]+(?:[/^*.]?[^\W_]+)*)")
PRIVATE_CELL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|1[3-9]\d{9}|\d{17}[\dXx]")
