"""Page set-up and navigation, nothing else."""

import streamlit as st

from dashboard import inputs

ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='8' width='4' height='7' fill='%232f6fc0'/%3E%3Crect x='6' y='4' width='4' height='11' fill='%23c98600'/%3E%3Crect x='11' y='1' width='4' height='14' fill='%23b0336b'/%3E%3C/svg%3E"
st.set_page_config(page_title="stock-or-order", page_icon=ICON, layout="wide", initial_sidebar_state="expanded")
page = st.navigation(
    [
        st.Page("views/answer.py", title="Answer", icon=":material/lightbulb:", default=True),
        st.Page("views/data.py", title="Data", icon=":material/upload_file:"),
        st.Page("views/compare.py", title="Compare", icon=":material/bar_chart:"),
        st.Page("views/products.py", title="Products", icon=":material/table_rows:"),
    ]
)
inputs.sidebar()
page.run()
