"""Every page test starts without copies of what an earlier one showed."""

from __future__ import annotations

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def _no_copies() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
