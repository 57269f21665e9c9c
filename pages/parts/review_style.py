"""The style of the weekly review: constants only. On the wall every length is in letters' heights, which follow the window."""
from __future__ import annotations

import streamlit as st

#: Letters' height on a screen of 1920 x 1080, in pixels; the window's smaller side decides.
WALL, WALL_SIZE = 25.0, (1920, 1080)
_COMMON = """
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-css_review,.st-key-css_keys_review,.st-key-css_keys_agenda)){position:absolute;width:0;height:0;overflow:hidden}
[data-testid="stLayoutWrapper"]:has(> .st-key-wall_title){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.st-key-review_head h2{padding:0;line-height:1.3;letter-spacing:-.01em}
.st-key-review_head p{font-size:.9rem;line-height:1.4;padding-top:.15rem;color:light-dark(#5B6675,#A3AEBC)}
.st-key-review_hero{gap:1.2rem 2.6rem;flex-wrap:wrap}
.st-key-hero_beside{gap:.6rem 2.2rem}
:is(.st-key-hero_now,.st-key-hero_beside) [data-testid="stMetricLabel"] :is(div,p){white-space:normal;overflow:visible;color:light-dark(#5B6675,#A3AEBC)}
:is(.st-key-hero_now,.st-key-hero_beside) [data-testid="stMetricValue"] :is(div,p,span){overflow:visible;text-overflow:clip;white-space:nowrap}
.st-key-hero_now [data-testid="stMetricValue"]{font-size:2.2rem;font-weight:650;letter-spacing:-.02em;line-height:1.15}
.st-key-hero_beside [data-testid="stMetricValue"]{font-size:1.35rem;font-weight:600;line-height:1.2}
[class*="st-key-reviewtable_"] table{width:100%;border-collapse:collapse;margin:0}
[class*="st-key-reviewtable_"] :is(th,td){border:0!important;border-bottom:1px solid light-dark(#EDF0F4,#232A34)!important;padding:.42rem .5rem!important;line-height:1.35;font-variant-numeric:tabular-nums}
[class*="st-key-reviewtable_"] :is(th,td):first-child{padding-inline-start:0!important}
[class*="st-key-reviewtable_"] th{font-size:.82rem;font-weight:500;color:light-dark(#5B6675,#A3AEBC)}
[class*="st-key-reviewtable_"] td:not(:first-child){white-space:nowrap}
html[dir=rtl] [class*="st-key-reviewtable_"] :is(th,td):first-child{text-align:start!important}
html[dir=rtl] [class*="st-key-reviewtable_"] :is(th,td):not(:first-child){text-align:left!important}
.st-key-review_restated p{font-size:.88rem;line-height:1.45;color:light-dark(#5B6675,#A3AEBC);margin:0}
.st-key-review_restated{gap:.35rem}
:is(.st-key-review_restated,.st-key-review_findings,.st-key-review_note,[class*="st-key-decision_row_"]) [data-testid="stMarkdownContainer"]{margin-bottom:0}
.st-key-review_main{gap:.9rem}
[class*="st-key-decision_row_"]{padding-bottom:.35rem}
.st-key-review_findings p{line-height:1.45;margin:0}.st-key-review_findings{gap:.5rem}
.st-key-review_note p{font-size:1.05rem;line-height:1.6}
.st-key-review_side h2{padding:0;margin:0}
.st-key-reviewtable_lines_plain thead{display:none}
.st-key-reviewtable_lines_plain table{border-top:0!important}
[class*="st-key-decision_row_"]{gap:.1rem}
[class*="st-key-decision_row_"] [data-testid="stCaptionContainer"] p{padding-inline-start:1.65rem;font-size:.86rem;line-height:1.35;margin:0}
[class*="st-key-decision_row_"] [data-testid="stCheckbox"] label{align-items:flex-start}
"""
_DESK = """
.st-key-review_top{gap:.6rem;align-items:flex-start}
.st-key-review_top [data-testid="stMarkdownContainer"]:has(h1) p{color:light-dark(#5B6675,#A3AEBC);font-size:.93rem;padding-top:.15rem}
.st-key-frame_agenda{gap:.35rem!important}
.st-key-agenda_rows{gap:.1rem}
[class*="st-key-agenda_row_"]{flex-wrap:nowrap!important;gap:.15rem!important;border-radius:.45rem;cursor:grab}
[class*="st-key-agenda_row_"] [class*="st-key-agenda_open_"] button{justify-content:flex-start;text-align:start;min-height:2.3rem;padding:.3rem .6rem;width:100%}
[class*="st-key-agenda_row_"] [class*="st-key-agenda_open_"]{flex:1 1 auto;min-width:0}
[class*="st-key-agenda_open_"] button :is(div,span,p){min-width:0;text-align:start;justify-content:flex-start;white-space:normal;overflow:visible;text-overflow:clip;line-height:1.3}
[class*="st-key-agenda_row_"] [data-testid="stMenuButton"] button > div > [aria-hidden="true"]{display:none}
[class*="st-key-agenda_row_"] [data-testid="stMenuButton"] button p{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[class*="st-key-agenda_row_"] [data-testid="stMenuButton"] button{padding:0 .25rem;min-height:2rem}
@media (min-width:1100px){
 .st-key-review_top{flex-wrap:nowrap!important}.st-key-review_actions{flex-wrap:nowrap!important}
 .st-key-review_top > :first-child{min-width:0;flex:1 1 auto}
 .st-key-review_cards{display:grid!important;grid-template-columns:15.5rem minmax(0,1fr);align-items:start;gap:1rem}
 .st-key-review_cards > *{min-width:0;width:auto!important}
 .st-key-review_pair{display:grid!important;grid-template-columns:minmax(0,1fr) 17.5rem;align-items:start;gap:2rem}
 .st-key-review_pair > *{min-width:0;width:auto!important}
}
@media (max-width:640px){.st-key-hero_now{flex:1 1 100%}[class*="st-key-reviewtable_"]{overflow-x:auto}}
"""
_WALL = """
html:root{font-size:clamp(12px,min(1.302vw,2.315vh),60px)!important}
[data-testid="stSidebar"],[data-testid="stHeader"],[data-testid="stSidebarCollapsedControl"],[data-testid="stExpandSidebarButton"]{display:none!important}
[data-testid="stApp"],[data-testid="stMain"]{background:light-dark(#FFFFFF,#161B22)}
[data-testid="stMain"]{overflow:hidden}
[data-testid="stMainBlockContainer"]{max-width:none;padding:1.7rem 2.3rem 0;height:100vh;box-sizing:border-box;overflow:hidden}
.st-key-wall{display:grid!important;grid-template-columns:minmax(0,1fr);gap:2rem;align-items:stretch;height:calc(100vh - 6.2rem)}
.st-key-wall:has(> * .st-key-review_side),.st-key-wall:has(> .st-key-review_side){grid-template-columns:minmax(0,1fr) 17.2rem}
.st-key-wall > *{min-width:0;width:auto!important}
.st-key-wall .st-key-review_main{gap:1rem;overflow:hidden;height:calc(100vh - 6.2rem)}
.st-key-review_side{border-inline-start:1px solid light-dark(#E1E5EB,#2B333F);padding-inline-start:1.6rem;height:100%;overflow:hidden;min-height:calc(100vh - 6.2rem)}
.st-key-review_head h2{font-size:1.75rem;font-weight:680}
.st-key-review_head p{font-size:.95rem;padding-top:.35rem}
.st-key-hero_now [data-testid="stMetricValue"]{font-size:3.7rem;line-height:1.08}
.st-key-hero_now [data-testid="stMetricDelta"]{font-size:1rem}
.st-key-hero_beside [data-testid="stMetricValue"]{font-size:1.7rem}
:is(.st-key-hero_now,.st-key-hero_beside) [data-testid="stMetricLabel"] p{font-size:.85rem}
[class*="st-key-reviewtable_"] table{font-size:1rem}
[class*="st-key-reviewtable_"] th{font-size:.8rem}
.st-key-review_side h2{font-size:1.05rem}
.st-key-review_side :is(p,label){font-size:.9rem}
.st-key-review_side [data-testid="stCaptionContainer"] p{font-size:.78rem}
.st-key-review_note p{font-size:1.5rem}
.st-key-review_findings p{font-size:1.05rem}.st-key-review_findings{gap:.7rem}
.st-key-review_restated p{font-size:.85rem}
.st-key-review_main [class*="st-key-decision_row_"] label p{font-size:1.15rem}
.st-key-review_main [class*="st-key-decision_row_"] [data-testid="stCaptionContainer"] p{font-size:.95rem}
[data-testid="stColumn"] [class*="st-key-reviewtable_"] table{font-size:.92rem}
.st-key-reviewtable_numbers :is(td,th){white-space:nowrap}
.st-key-wall_bar{position:fixed;inset-inline:0;bottom:0;height:3.6rem;padding:0 2.3rem;background:light-dark(#FFFFFF,#161B22);border-top:1px solid light-dark(#E1E5EB,#2B333F);
 align-items:center;gap:.9rem;flex-wrap:nowrap!important;z-index:50}
.st-key-wall_bar p{font-size:.85rem;margin:0;white-space:nowrap;color:light-dark(#5B6675,#A3AEBC)}
.st-key-wall_bar p strong{color:light-dark(#16202E,#E7EBF0);font-size:.95rem}
.st-key-wall_bar button{min-height:2rem;padding:.1rem .6rem}
.st-key-wall_bar :is(.st-key-wall_back,.st-key-wall_next) button p{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.st-key-wall_bar [data-testid="stMarkdownContainer"]{margin-bottom:0}
.st-key-wall_bar [data-testid="stMarkdown"] p{overflow:hidden;text-overflow:ellipsis}
.st-key-wall_bar button > div{gap:0}
@media (max-width:900px){
 html:root{font-size:15px!important}
 [data-testid="stMain"]{overflow:auto}
 [data-testid="stMainBlockContainer"]{height:auto;overflow:visible;padding:1rem 1rem 5rem}
 .st-key-wall,.st-key-wall:has(> * .st-key-review_side),.st-key-wall:has(> .st-key-review_side){grid-template-columns:minmax(0,1fr);height:auto}
 .st-key-wall .st-key-review_main{height:auto}.st-key-review_side{border:0;padding:0;min-height:0}
 .st-key-wall_hint{display:none}
 [class*="st-key-reviewtable_"]{overflow-x:auto}
}
"""


def style(presenting: bool) -> None:
    """The stylesheet of the page, in a container that takes no room."""
    with st.container(key="css_review"):
        st.html(f"<style>{_COMMON}{_WALL if presenting else _DESK}</style>")


def letter(screen: tuple[int, int]) -> float:
    """Pixels of one letter's height on a window of this size: what the stylesheet makes of it."""
    return min(max(12.0, min(0.01302 * screen[0], 0.02315 * screen[1])), 60.0) if screen[0] > 900 else 15.0
