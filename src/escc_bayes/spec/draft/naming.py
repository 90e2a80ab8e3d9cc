"""What covariates are called: their column where it can name one, in English where it is a usual Chinese one."""

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
)
ORDER = ("alc", "before", "during", "after")


def name_of(column: str, place: int, taken: set[str]) -> str:
    """Return a name for a covariate that nobody has yet.

    Examples
    --------
    >>> name_of("治疗前淋巴细胞", 8, set()), name_of("Age (years)", 3, set()), name_of("T stage", 4, {"t_stage"})
    ('alc_before', 'age_years', 't_stage_2')
    """
    rest, found = column, []
    for part, english in PARTS:
        if part in rest:
            rest = rest.replace(part, " ", 1)
            found.append(english)
    found.sort(key=lambda word: ORDER.index(word) if word in ORDER else -1)
    plain = re.sub(r"[^A-Za-z0-9]+", "_", " ".join([*found, rest] if found else [column])).strip("_").lower()
    name = plain if plain[:1].isalpha() else f"x{place}_{plain}".rstrip("_")
    return unused(name[:40].rstrip("_"), taken)


def unused(name: str, taken: set[str]) -> str:
    """Return a name, with a number behind it if it is taken."""
    number = 2
    free = name
    while free in taken:
        free = f"{name}_{number}"
        number += 1
    return free
