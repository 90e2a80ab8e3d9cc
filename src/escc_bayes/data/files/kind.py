"""Which format a file has: by its first bytes, since names mislead, and by its name where bytes do not tell."""

from pathlib import Path
from typing import Final

from escc_bayes.foundation.errors import CohortError

WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
LABELLED: Final = (".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt")
PARQUET: Final = (".parquet", ".pq")
ARROW: Final = (".arrow", ".feather", ".ipc")
READ = (
    "a CSV, Excel (.xlsx, .xls), OpenDocument (.ods), SPSS (.sav), Stata (.dta), SAS (.sas7bdat, .xpt) or Parquet file"
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The first bytes of formats that hold a table, and of some that do not.
TABLES: Final = (
    (b"$FL2", ".sav"),
    (b"$FL3", ".zsav"),
    (b"<stata_dta>", ".dta"),
    (b"HEADER RECORD*******", ".xpt"),
    (b"PAR1", ".parquet"),
    (b"ARROW1", ".arrow"),
)
OTHERS: Final = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"{\\rtf", "a Rich Text document"),
    (b"\x89HDF", "an HDF5 or netCDF file"),
    (b"CDF\x01", "a netCDF file"),
    (b"CDF\x02", "a netCDF file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard", "an Access database"),
    (b"RDX", "an R data file"),
    (b"RDA", "an R data file"),
    (b"\x80\x04\x95", "a Python pickle"),
)
MARKUP: Final = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<table", "an HTML page"),
    (b"<?xml", "an XML file"),
    (b"[{", "a JSON file"),
    (b"{", "a JSON file"),
)
SAS = b"\xc2\xea\x81\x60\xb3\x14\x11\xcf"


def kind_of(path: Path) -> str:
    """Return what reads a file: ``text``, or the suffix of the format it has.

    Raises
    ------
    CohortError : no permission, a folder, or a format that holds no table; the message names the format.
    """
    start = first_bytes(path)
    found = by_bytes(start, path)
    if found is not None:
        return found
    text = start.lstrip().lower()
    other = next((name for magic, name in OTHERS if start.startswith(magic)), None)
    other = other or next((name for begin, name in MARKUP if text.startswith(begin)), None)
    if other is not None:
        raise CohortError(f"{path}: is {other}, which holds no table that can be read here; give {READ}")
    return by_name(path, start)


def first_bytes(path: Path, size: int = 65_536) -> bytes:
    """Return how a file begins."""
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise CohortError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None


def by_bytes(start: bytes, path: Path) -> str | None:
    """Return the suffix of a format that its first bytes tell; None where they do not."""
    found = next((suffix for magic, suffix in TABLES if start.startswith(magic)), None)
    if found is not None:
        return found
    if SAS in start[:32]:
        return ".sas7bdat"
    if start.startswith(b"PK\x03\x04"):
        return of_zip(path)
    if start.startswith(OLE):
        if b"W\0o\0r\0d\0D\0o\0c" in start:
            raise CohortError(f"{path}: is a Word document; give {READ}")
        return ".xls"
    return None


def of_zip(path: Path) -> str:
    """Return which workbook a ZIP archive is; its list of contents stands at its end."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, KeyError, NotImplementedError, RuntimeError):
        raise CohortError(f"{path}: is a damaged Excel workbook or ZIP archive; save it again") from None
    if b"opendocument.spreadsheet" in kind:
        return ".ods"
    if any(name.startswith("xl/") for name in names):
        return ".xlsb" if "xl/workbook.bin" in names else ".xlsx"
    if any(name.startswith("word/") for name in names):
        raise CohortError(f"{path}: is a Word document; give {READ}")
    raise CohortError(f"{path}: is a ZIP archive; unpack it and give the file inside")


def by_name(path: Path, start: bytes) -> str:
    """Return the format that the name of a file says, if its bytes may be of it."""
    suffix = path.suffix.lower()
    if suffix in (".dta", ".por"):
        return suffix
    # Some programs call a text file .xls; that is read as the text that it is.
    if suffix in (*LABELLED, *PARQUET, *ARROW) or (suffix in WORKBOOKS and b"\x00" in start):
        raise CohortError(f"{path}: is damaged, or no {suffix} file; give {READ}")
    return "text"
