"""What covariates are called: their column where it can name one, in English where it is usual."""

import re

# Parts of Chinese headers, the longer first: 治疗前淋巴细胞 becomes alc_before.
PARTS = (
    ("治疗前", "before"),
    ("放疗前", "before"),
    ("治疗中", "during"),
    ("放疗中", "during"),
    ("治疗后", "after"),
    ("放疗后", "after"),
    ("淋巴细胞", "alc"),
    ("治疗顺序", "sequence"),
    ("放疗范围", "coverage"),
    ("照射范围", "coverage"),
    ("临床分期", "stage"),
    ("病理分期", "p_stage"),
    ("分期", "stage"),
    ("性别", "sex"),
    ("年龄", "age"),
    ("疗效", "response"),
    ("周期数", "cycles"),
    ("周期", "cycles"),
    ("吸烟", "smoking"),
    ("饮酒", "alcohol"),
    ("部位", "site"),
    ("肿瘤长度", "length"),
    ("中心", "centre"),
    ("剂量", "dose"),
    ("体重", "weight"),
    ("白细胞", "wbc"),
    ("中性粒细胞", "neutrophils"),
    ("血小板", "platelets"),
    ("血红蛋白", "haemoglobin"),
    ("성별", "sex"),
    ("나이", "age"),
    ("연령", "age"),
    ("병기", "stage"),
    ("림프구", "alc"),
    ("흡연", "smoking"),
    ("年齢", "age"),
    ("病期", "stage"),
    ("リンパ球", "alc"),
    ("возраст", "age"),
    ("стадия", "stage"),
    ("лимфоциты", "alc"),
    ("курение", "smoking"),
    ("пол", "sex"),
)
ORDER = ("alc", "before", "during", "after")


def name_of(column: str, place: int, taken: set[str]) -> str:
    """Return a name for a covariate that nobody has yet.

    Examples
    --------
    >>> name_of("治疗前淋巴细胞", 8, set()), name_of("Age (years)", 3, set()), name_of("T stage", 4, {"t_stage"})
    ('alc_before', 'age_years', 't_stage_2')
    """
    rest, found = column.casefold(), []
    for part, english in PARTS:
        if (place_of := spelt(part).search(rest)) is not None:
            rest = f"{rest[: place_of.start()]} {rest[place_of.end() :]}"
            found.append(english)
    found.sort(key=lambda word: ORDER.index(word) if word in ORDER else -1)
    plain = re.sub(r"[^A-Za-z0-9]+", "_", " ".join([*found, rest] if found else [column])).strip("_").lower()
    name = plain if plain[:1].isalpha() else f"x{place}_{plain}".rstrip("_")
    return unused(name[:40].rstrip("_"), taken)


def spelt(part: str) -> re.Pattern[str]:
    """Return the pattern of a part of a header: of letters that stand in words with spaces between, a whole word.

    Examples
    --------
    >>> spelt("пол").search("полихимиотерапия") is None, spelt("나이").search("환자나이") is None
    (True, False)
    """
    return re.compile(rf"(?<!\w){part}(?!\w)" if "а" <= part[0] <= "я" else part)


def unused(name: str, taken: set[str]) -> str:
    """Return a name, with a number behind it if it is taken."""
    number = 2
    free = name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free
