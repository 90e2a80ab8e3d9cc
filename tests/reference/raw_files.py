"""Files as hospitals keep them, each with the rows of raw_files.csv (SIMULATED) in another form."""

import csv
import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

HERE = Path(__file__).parent
with (HERE / "raw_files.csv").open() as lines:
    CLEAN = list(csv.DictReader(lines))
START = [datetime.date(2018, 1, 5) + datetime.timedelta(days=7 * place) for place in range(len(CLEAN))]
LAST = [day + datetime.timedelta(days=int(row["os_days"])) for day, row in zip(START, CLEAN, strict=True)]
FORMS = (
    lambda day: day.isoformat(),
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day:%Y%m%d}",
)


def rows(female, male, dead, alive, *, stage="{}", days=FORMS[0]):
    """Return identifier, sex, age, stage, first day, last day and status of every patient, in some language."""
    return [
        [
            row["id"],
            female if row["sex"] == "F" else male,
            int(float(row["age"])),
            stage.format(row["stage"]),
            days(first),
            days(last),
            dead if row["os_event"] == "1" else alive,
        ]
        for row, first, last in zip(CLEAN, START, LAST, strict=True)
    ]


def text_file(path, header, table, *, encoding, separator):
    lines = [separator.join(map(str, line)) for line in (header, *table)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    return path


def korean(folder):
    header = ["환자번호", "성별", "나이", "병기", "치료시작일", "최종추적일", "생존여부"]
    return text_file(
        folder / "k.txt", header, rows("여", "남", "사망", "생존", stage="{}기"), encoding="utf-16", separator="\t"
    )


def russian(folder):
    header = ["№ п/п", "Пол", "Возраст", "Стадия", "Дата начала лечения", "Дата последнего контакта", "Исход"]
    table = rows("жен", "муж", "умер", "жив", days=lambda day: f"{day:%d.%m.%Y}")
    return text_file(folder / "r.csv", header, table, encoding="cp1251", separator=";")


def gb18030(folder):
    """Months with a decimal comma between semicolons; an identity number in each row."""
    header = ["患者编号", "身份证号", "性别", "年龄", "TNM分期", "总生存期(月)", "死亡"]
    table = [
        [
            *row[:1],
            f"1101011950{place:08d}",
            *row[1:4],
            f"{int(CLEAN[place]['os_days']) / 30.4375:.12f}".replace(".", ","),
            row[6],
        ]
        for place, row in enumerate(rows("女", "男", "是", "否"))
    ]
    return text_file(folder / "g.csv", header, table, encoding="gb18030", separator=";")


def european(folder):
    """Who died in six languages, with a BOM and spaces behind the stages."""
    dead, alive = (
        ("Exitus", "décédé", "fallecido", "deceduto", "verstorben"),
        ("lebt", "vivant", "vivo", "en vida", "alive"),
    )
    table = rows("weiblich", "männlich", "", "", stage="{} ")
    for place, (line, row) in enumerate(zip(table, CLEAN, strict=True)):
        line[6] = (dead if row["os_event"] == "1" else alive)[place % 5]
        line[4:6] = [int(row["os_days"])]
    header = ["id", "Geschlecht", "Alter", "Stadium", "Überleben [Tage]", "Verlauf"]
    return text_file(folder / "e.csv", header, table, encoding="utf-8-sig", separator=";")


def spss(folder):
    """Codes with labels, an unknown sex declared missing, dates; a name in each row."""
    frame = pd.DataFrame(
        {
            "PAT": [f"P{row['id']}" for row in CLEAN],
            "SEX": [2.0 if row["sex"] == "F" else 1.0 for row in CLEAN],
            "AGE": [float(row["age"]) for row in CLEAN],
            "STAGE": [{"II": 2.0, "III": 3.0, "IV": 4.0}[row["stage"]] for row in CLEAN],
            "DATDIAG": START,
            "DATLAST": LAST,
            "STATUS": [float(row["os_event"]) + 1.0 for row in CLEAN],
            "NAME": [f"Muster{place}, Eva" for place in range(len(CLEAN))],
        }
    )
    labels = {"SEX": {1.0: "männlich", 2.0: "weiblich", 9.0: "unbekannt"}, "STATUS": {1.0: "lebt", 2.0: "verstorben"}}
    labels["STAGE"] = {2.0: "II", 3.0: "III", 4.0: "IV"}
    pyreadstat.write_sav(frame, folder / "s.sav", variable_value_labels=labels, missing_ranges={"SEX": [9.0]})
    return folder / "s.sav"


def stata(folder):
    frame = pd.DataFrame(
        {
            "id": [row["id"] for row in CLEAN],
            "sex": [int(row["sex"] == "F") for row in CLEAN],
            "age": [float(row["age"]) for row in CLEAN],
            "stage": [{"II": 1, "III": 2, "IV": 3}[row["stage"]] for row in CLEAN],
            "dx": pd.to_datetime(START),
            "lastfu": pd.to_datetime(LAST),
            "vital": [int(row["os_event"]) for row in CLEAN],
        }
    )
    labels = {"sex": {0: "Male", 1: "Female"}, "stage": {1: "II", 2: "III", 3: "IV"}, "vital": {0: "Alive", 1: "Dead"}}
    named = ["Study ID", "Sex", "Age", "Stage", "Date of diagnosis", "Date of last follow-up", "Vital status"]
    pyreadstat.write_dta(frame, folder / "s.dta", column_labels=named, variable_value_labels=labels)
    return folder / "s.dta"


def adam(folder):
    """A row for each endpoint of a patient, CNSR 0 for an event."""
    found = []
    for row in CLEAN:
        same = {"USUBJID": row["id"], "SEX": row["sex"], "AGE": float(row["age"]), "STAGE": row["stage"]}
        for name in ("OS", "PFS"):
            time, event = float(row[f"{name.lower()}_days"]), float(row[f"{name.lower()}_event"])
            found.append({**same, "PARAMCD": name, "AVAL": time, "AVALU": "DAYS", "CNSR": 1.0 - event})
    pyreadstat.write_xport(pd.DataFrame(found), folder / "a.xpt", table_name="ADTTE", file_format_version=8)
    return folder / "a.xpt"


def sheet(folder):
    """A title, a header of two rows with merged cells, dates as text in five forms, remarks and tables around."""
    book = openpyxl.Workbook()
    book.active["A1"] = "Arm"
    page = book.create_sheet("数据")
    page["A1"] = "食管癌队列"
    for place, (upper, lower) in enumerate(
        [
            ("住院号", None),
            ("基本信息", "性别"),
            (None, "年龄(岁)"),
            (None, "分期"),
            ("随访", "治疗开始日期"),
            (None, "末次随访日期"),
            (None, "生存状态"),
        ],
        start=1,
    ):
        page.cell(3, place, upper)
        page.cell(4, place, lower)
    for cells in ("A1:G1", "A3:A4", "B3:D3", "E3:G3"):
        page.merge_cells(cells)
    for place, line in enumerate(rows("女", "男", "死亡", "存活", stage="{}期")):
        line[4:6] = [FORMS[place % 5](START[place]), FORMS[(place + 2) % 5](LAST[place])]
        page.append(line)
    page["J5"], page["K5"], page["J6"], page["K6"] = "代码", "含义", 1, "男"
    page.append([])
    for line in (["分期", "例数"], ["II", 28], ["III", 70]):
        page.append(line)
    page.append(["统计员电话 13800000000"])
    book.save(folder / "w.xlsx")
    return folder / "w.xlsx"


def serials(folder):
    """Dates as the numbers of a workbook; an identifier with zeros in front."""
    book = openpyxl.Workbook()
    book.active.append(["pid", "sex", "age", "stage", "start", "last seen", "dead"])
    for line, first, last in zip(rows("F", "M", 1, 0), START, LAST, strict=True):
        days = [(day - datetime.date(1899, 12, 30)).days for day in (first, last)]
        book.active.append([*line[:4], *days, line[6]])
    book.save(folder / "n.xlsx")
    return folder / "n.xlsx"


def parquet(folder):
    pytest.importorskip("pyarrow")
    frame = pd.read_csv(HERE / "raw_files.csv", dtype={"id": str})[
        ["id", "sex", "age", "stage", "os_days", "os_event", "pfs_days", "pfs_event"]
    ]
    frame.astype({"stage": "category", "os_event": bool}).to_parquet(folder / "p.parquet")
    return folder / "p.parquet"


def redcap(folder):
    """Codes with a data dictionary beside; one event of the study in every row."""
    table = [[place, "baseline_arm_1", *line] for place, line in enumerate(rows(2, 1, 2, 1), start=1)]
    header = [
        "record_id",
        "redcap_event_name",
        "study_no",
        "sex",
        "age",
        "stage",
        "date_start",
        "date_last",
        "vital_status",
    ]
    text_file(
        folder / "dictionary.csv",
        ["Variable / Field Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"],
        [
            ["sex", "radio", "Sex", '"1, Male | 2, Female"'],
            ["vital_status", "radio", "Vital status", '"1, Alive | 2, Deceased"'],
        ],
        encoding="utf-8",
        separator=",",
    )
    return text_file(folder / "c.csv", header, table, encoding="utf-8", separator=",")


FILES = (korean, russian, gb18030, european, spss, stata, adam, sheet, serials, parquet, redcap)
