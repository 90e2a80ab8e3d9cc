"""A document of blocks as one HTML page that needs nothing else; all text is escaped."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from escc_bayes.report.document.document import Block, Heading, Items, Links, Paragraph, Picture, Table

STYLE = """
body { margin: 0 auto; max-width: 900px; padding: 12px 20px 40px; color: #1d2733; background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin-top: 32px; border-top: 2px solid #1d2733; padding-top: 8px; }
h3 { font-size: 15.5px; margin: 20px 0 4px; } p { margin: 6px 0; max-width: 80ch; } li { max-width: 80ch; }
.scroll { overflow-x: auto; margin: 12px 0; } table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; font-weight: 600; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 3px 10px 3px 0; border-bottom: 1px solid #d5dae0;
  overflow-wrap: break-word; }
thead th { border-bottom: 1.5px solid #1d2733; } figure { margin: 12px 0; } img { max-width: 100%; height: auto; }
a { color: #0b5394; } .files { font-size: 13px; }
@media print { h3 { break-after: avoid; } tr { break-inside: avoid; } body { max-width: none; } }
"""


def html(title: str, blocks: Iterable[Block]) -> str:
    """Return the page."""
    body = "\n".join(html_of(block) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def html_of(block: Block) -> str:
    """Return one block as HTML.

    Examples
    --------
    >>> html_of(Paragraph("P < 0.05 & <b>")), html_of(Heading("Findings"))
    ('<p>P &lt; 0.05 &amp; &lt;b&gt;</p>', '<h2>Findings</h2>')
    """
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Items(texts):
            return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
        case Picture(name, caption, folder):
            where = quote(f"{folder}figures/{name}.svg")
            return f'<figure><img src="{where}" alt="{escape(caption)}"></figure>'
        case Links(files):
            items = (f'<li><a href="{quote(path)}">{escape(path)}</a>: {escape(words)}</li>' for path, words in files)
            return f'<ul class="files">{"".join(items)}</ul>'
        case Table(caption, head, rows):
            heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
            lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return (
                f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption>'
                f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
            )
