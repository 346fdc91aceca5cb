"""Charts: a frame in, an alt.Chart out; one file a chart, one theme. No Streamlit here."""
