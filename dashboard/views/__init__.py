"""Pages, one file each: facts in, widgets out. Named views because Streamlit treats a folder `pages` specially."""
