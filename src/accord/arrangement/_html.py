"""A page of the accord as one HTML file: no script, no request, one style that the policy names by its hash.

Invariants: every word of the document is escaped and isolated in its direction, its control signs shown as `�`; tables
have captions and scoped heads; equal pages give equal bytes.

>>> from accord.arrangement.show import Page, Section
>>> text = as_html(Page("A <b>", "x", (Section("S", ("line",), (("h",), ("c",))),)))
>>> "A &lt;b&gt;" in text, "default-src 'none'; style-src 'sha256-" in text, "<script" in text
(True, True, False)
"""

from __future__ import annotations

import base64
import hashlib
import html

from accord.arrangement.show import Page, Section

_STYLE = """:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
caption{text-align:left;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid GrayText;min-width:7rem}
@media print{.wide{overflow:visible}}"""
_HIDDEN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�")


def as_html(shown: Page) -> str:
    """The page as HTML 5."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = "\n".join(_section(number, section) for number, section in enumerate(shown.sections))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(shown.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{_word(shown.title)}</h1>
<p>{_word(shown.about)}</p>
{sections}
</main>
</body>
</html>
"""


def _section(number: int, section: Section) -> str:
    lines = "\n".join(f"<p>{_word(line)}</p>" for line in section.lines)
    title = _word(section.title)
    return (
        f'<section aria-labelledby="s{number}">\n<h2 id="s{number}">{title}</h2>\n{lines}{_table(section)}\n</section>'
    )


def _table(section: Section) -> str:
    if not section.table:
        return ""
    heads = "".join(f'<th scope="col">{_word(cell)}</th>' for cell in section.table[0])
    rows = "\n".join(
        f'<tr><th scope="row">{_word(row[0])}</th>{"".join(f"<td>{_word(cell)}</td>" for cell in row[1:])}</tr>'
        for row in section.table[1:]
    )
    caption = f"<caption>{_word(section.title)}</caption>"
    return (
        f'\n<div class="wide" role="region" tabindex="0" aria-label="{_text(section.title)}">'
        f"<table>{caption}\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _word(text: str) -> str:
    return f"<bdi>{_text(text)}</bdi>"


def _text(text: str) -> str:
    return html.escape(text.translate(_HIDDEN))
