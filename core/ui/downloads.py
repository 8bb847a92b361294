"""Files to take away, written when asked for; what goes wrong meanwhile is said in words."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

_FAILED = "downloads.failed"


def button(label: str, write: Callable[[], bytes], file_name: str, **more: Any) -> None:
    """Draw a button that downloads a file.

    Args:
        label: For the button.
        write: Makes the file; called beside the page, so it must not draw.
        file_name: What it is saved as.
        more: Other settings of Streamlit's download button.
    """
    failed: list[Exception] = st.session_state.setdefault(_FAILED, [])
    context = get_script_run_ctx()
    # Where it is drawn: the session itself knows its page only once the script has run through.
    where = ("", "", "") if context is None else _place(context)

    def write_or_tell() -> bytes:
        try:
            return write()
        except Exception as error:
            failed.append(error)
            _draw_anew(*where)
            raise

    settings = {"icon": ":material/download:", "on_click": "ignore"} | more
    st.download_button(label, write_or_tell, file_name, **settings)


def taken_failures() -> tuple[Exception, ...]:
    """Return what kept files from being written since the page was last drawn, each once."""
    failed: list[Exception] = st.session_state.get(_FAILED, [])
    told = tuple(failed)
    failed.clear()
    return told


def _place(context: ScriptRunContext) -> tuple[str, str, str]:
    return context.session_id, context.page_script_hash, context.query_string


def _draw_anew(session: str, page: str, query: str) -> None:
    """Have the page drawn again: Streamlit does not where a file fails, and says nothing of why."""
    # Where Streamlit one day has no such door, its own short message stays alone.
    with contextlib.suppress(AttributeError, RuntimeError):
        info = get_instance()._session_mgr.get_active_session_info(session)
        if info is not None:
            wanted = ClientState()
            wanted.CopyFrom(info.session._client_state)
            wanted.page_script_hash, wanted.query_string = page, query
            info.session.request_rerun(wanted)
