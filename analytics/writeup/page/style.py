"""How a page to send looks: on a desk, on a telephone, in the dark, and on A4."""

from __future__ import annotations

from analytics.writeup.charts.theme import Ink, ink

__all__ = ["STYLE"]


def _variables(colours: Ink, second: str, primary: str) -> str:
    return f"--text:{colours.text};--muted:{colours.muted};--faint:{colours.faint};--page:{colours.page};--second:{second};--primary:{primary}"


_LIGHT, _DARK = ink("light"), ink("dark")
_ON_LIGHT, _ON_DARK = _variables(_LIGHT, "#f4f6f9", "#2f6fc0"), _variables(_DARK, "#18212c", "#6ea3e6")


def _turned(colours: Ink) -> str:
    """The four colours of a picture that follow the mode of the page."""
    pairs = ((colours.text, "text"), (colours.muted, "muted"), (colours.faint, "faint"), (colours.page, "page"))  # fmt: skip
    return "\n".join(
        f'svg [{where}="{colour}"]{{{where}:var(--{name})}}'
        for colour, name in pairs
        for where in ("fill", "stroke")
    )


#: The whole style of a page. What prints is light, whatever the screen is.
STYLE = f"""
:root{{{_ON_LIGHT};color-scheme:light dark}}
@media (prefers-color-scheme:dark){{@media screen{{:root{{{_ON_DARK}}}}}}}
*{{box-sizing:border-box}}
body{{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 3rem;background:var(--page);color:var(--text);overflow-wrap:anywhere}}
body{{font:15px/1.5 "Source Sans 3","Source Sans Pro",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}}
h1{{font-size:1.9rem;line-height:1.2;font-weight:650;margin:0 0 .4rem}}
h2{{font-size:1.15rem;line-height:1.3;font-weight:650;margin:2.2rem 0 .5rem}}
p{{margin:.5rem 0}}
.small{{color:var(--muted);font-size:.87rem}}
.cards{{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.8rem;margin:1.1rem 0;padding:0;list-style:none}}
.cards li{{border:1px solid var(--faint);border-radius:6px;padding:.7rem .9rem;background:var(--second)}}
.cards b{{display:block;font-size:1.55rem;font-weight:650;color:var(--primary);line-height:1.25}}
.cards span{{display:block;color:var(--muted);font-size:.87rem}}
figure{{margin:.6rem 0}}
svg{{display:block;width:100%;height:auto}}
{_turned(_LIGHT)}
.narrow{{display:none}}
table{{border-collapse:collapse;width:100%;font-size:.87rem;margin:.6rem 0}}
th,td{{overflow-wrap:break-word;text-align:left;vertical-align:top;padding:.32rem .5rem .32rem 0;border-bottom:1px solid var(--faint)}}
th{{color:var(--muted);font-weight:600}}
td:first-child{{font-weight:600}}
details{{margin:1rem 0}}
summary{{cursor:pointer;color:var(--muted)}}
@media screen and (max-width:600px){{
body{{padding:1.1rem .9rem 2rem}}
h1{{font-size:1.45rem}}
.wide{{display:none}}
.narrow{{display:block}}
table,tbody,tr,td{{display:block;width:100%}}
thead{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
tr{{border:1px solid var(--faint);border-radius:6px;padding:.4rem .7rem;margin:.5rem 0}}
td{{border:0;padding:.12rem 0}}
td:not(:first-child)::before{{content:attr(data-of) ": ";color:var(--muted)}}
td:empty{{display:none}}
}}
@page{{size:A4;margin:14mm 13mm}}
@media print{{
:root{{{_ON_LIGHT}}}
body{{max-width:none;padding:0;font-size:10pt}}
h1{{font-size:17pt}}
h1,h2{{break-after:avoid;break-inside:avoid}}
.cards{{grid-template-columns:repeat(4,1fr)}}
figure,tr,.cards,.cards li{{break-inside:avoid}}
thead{{display:table-header-group}}
table{{font-size:8.5pt}}
details::details-content{{content-visibility:visible;block-size:auto}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
}}
"""
