"""Page set-up and navigation, nothing else."""

import streamlit as st

from dashboard.file.earlier import earlier_work
from dashboard.file.new import where_they_are
from dashboard.history import SCRIPT, narrow
from dashboard.number_form import speak
from dashboard.parts.frame import SHOWN_WORK, elsewhere
from dashboard.parts.guided import guide
from dashboard.parts.sidebar import sidebar
from dashboard.parts.tables import new_page, take_tables
from dashboard.results import compute
from dashboard.state import inputs
from dashboard.state.address import address, arrived
from dashboard.team import session, units_only
from dashboard.team.entrance import administration, entered, signed_in_part
from dashboard.text.computed import computed_of_page

BARS = "".join(
    f"%3Crect x='{x}' y='{15 - h}' width='4' height='{h}' fill='%23{c}'/%3E"
    for x, h, c in ((1, 7, "2f6fc0"), (6, 11, "c98600"), (11, 14, "b0336b"))
)
ICON = f"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E{BARS}%3C/svg%3E"
STYLE = """<style>
.stMainBlockContainer { padding-left: 3.5rem; padding-right: 3.5rem; max-width: 92rem; }
[data-testid="stMetricDelta"] { white-space: normal; }
.st-key-former-figures { opacity: 0.45; filter: grayscale(1); }
[data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseButton-primaryFormSubmit"]:not(:disabled) { background-color: #2f6fc0; border-color: #2f6fc0; }
@media (max-width: 899px) {
  .stMainBlockContainer { padding-left: 1.1rem; padding-right: 1.1rem; }
  h1 { font-size: 1.5rem !important; }
}
@media (min-width: 641px) and (max-width: 1199px) {  /* two columns beside an open sidebar are too narrow for tables and charts */
  [data-testid="stColumn"]:not([data-testid="stColumn"] *) { min-width: min(100%, 400px); }
}
@media print { [class*="st-key-no-print"], [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], button { display: none !important; } }
</style>"""
st.set_page_config(
    page_title="stock-or-order",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed" if narrow(st.context.cookies, st.context.headers) else "auto",
)
entered()
page = st.navigation(
    [
        st.Page("views/answer.py", title="Answer", icon=":material/lightbulb:", default=True),
        st.Page("views/data.py", title="Data", icon=":material/upload_file:"),
        st.Page("views/compare.py", title="Compare", icon=":material/bar_chart:"),
        st.Page("views/products.py", title="Products", icon=":material/table_rows:"),
        st.Page("views/demand.py", title="Demand", icon=":material/show_chart:"),
        st.Page("views/limits.py", title="Limits", icon=":material/fence:"),
        st.Page("views/risk.py", title="Stock and risk", url_path="risk", icon=":material/monitoring:"),
        st.Page("views/replay.py", title="Past", icon=":material/history:"),
        st.Page("views/assumptions.py", title="Assumptions", icon=":material/tune:"),
        st.Page("views/report.py", title="Report", icon=":material/print:"),
        st.Page("views/help.py", title="Help", icon=":material/help:"),
        *administration(),
    ],
    expanded=session.served() is not None,  # else the last ones hide behind a button
)
with session.only_words():
    st.html(STYLE)
speak()
arrived()
if session.drawn_in_units():
    with session.without_money():
        st.sidebar.html(f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
        units_only.run(page)
    st.stop()
sidebar()
signed_in_part()
st.sidebar.html(f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
if inputs.lost():
    where_they_are(inputs.lost())
else:
    with st.container():  # always there: what stands below keeps its place, and a file on its way is not lost
        earlier_work()
        new_page()
        address(inputs.choice(), page.url_path)
        guide(page.url_path or "answer")
    beside = st.container()
    st.session_state.pop(SHOWN_WORK, None)
    page.run()
    with beside:
        elsewhere()
    computed_of_page(page.title, compute.seen(inputs.choice()), bool(st.session_state.get("product")))
    address(inputs.choice(), page.url_path)  # what was set on the page is in the address at once
    take_tables()
