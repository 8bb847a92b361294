"""Links that Streamlit would not find: the first one of all, and other ways to write a page."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager

from core.ui import frame

_OTHER_SPELLINGS = {
    "what-if": frame.WHAT_IF_PAGE,
    "policy-map": frame.POLICY_MAP_PAGE,
    "how-good": frame.HOW_GOOD_PAGE,
}


def follow_first_link() -> None:
    """Send the very first visitor of a plain ``streamlit run app.py`` back to the link they opened.

    Until app.py has run once, Streamlit takes ``pages/`` for its old automatic pages, finds none
    of that name, says "Page not found" and opens Today. From the second visit on it knows better.
    """
    page = st.context.url or ""
    if not PagesManager.uses_pages_directory or urlsplit(page).path in ("", "/"):
        return
    PagesManager.uses_pages_directory = False
    asked = f"{page}?{urlencode(st.query_params.to_dict())}"
    target = json.dumps(asked).replace("<", "\\u003c")
    st.html(f"<script>window.location.replace({target})</script>", unsafe_allow_javascript=True)
    st.stop()


def other_spellings() -> list[Page]:
    """Return hidden pages that lead from other spellings to the page, its parameters kept."""
    return [
        st.Page(partial(_go, page), title=spelling, url_path=spelling, visibility="hidden")
        for spelling, page in _OTHER_SPELLINGS.items()
    ]


def _go(page: str) -> None:
    st.switch_page(page, query_params=st.query_params.to_dict())
