"""Writes sheets as LibreOffice Calc does (OpenDocument 1.3): cells with kinds, and empty ones that stand for many."""

import datetime
import zipfile
from xml.sax.saxutils import escape

KIND = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
FAILED = object()  # A formula without a value.


def opendocument(path, *sheets):
    """Write sheets, each rows of values, and return the path."""
    tables = "".join(table(f"Sheet{place}", rows) for place, rows in enumerate(sheets, 1))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", KIND)
        book.writestr("META-INF/manifest.xml", MANIFEST)
        book.writestr("content.xml", f"<office:document-content {NAMES} {CALC}>{body}</office:document-content>")
    return path


def table(name, rows):
    many = '<table:table-cell table:number-columns-repeated="16000"/>'
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}{many}</table:table-row>" for row in rows)
    rest = f'<table:table-row table:number-rows-repeated="1048000">{many}</table:table-row>'
    return f'<table:table table:name="{name}">{lines}{rest}</table:table>'


def cell(value):
    if value is None:
        return "<table:table-cell/>"
    if value is FAILED:
        made = 'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f"<table:table-cell {made}><text:p>#DIV/0!</text:p></table:table-cell>"
    if isinstance(value, datetime.date):
        made = f'office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, int | float):
        made = f'office:value-type="float" office:value="{value}"'
    else:
        made = 'office:value-type="string"'
    return f"<table:table-cell {made}><text:p>{escape(str(value))}</text:p></table:table-cell>"
