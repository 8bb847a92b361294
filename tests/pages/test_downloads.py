"""Files that cannot be written: the page that offers them is drawn again, and none else."""

from __future__ import annotations

from types import SimpleNamespace

from streamlit.proto.ClientState_pb2 import ClientState

from core.ui import downloads


def asked_anew(monkeypatch, known: ClientState) -> list[ClientState]:
    """Return what a session is asked to run, of which Streamlit knows this."""
    asked: list[ClientState] = []
    session = SimpleNamespace(_client_state=known, request_rerun=asked.append)
    sessions = SimpleNamespace(get_active_session_info=lambda name: info.get(name))
    info = {"mine": SimpleNamespace(session=session)}
    monkeypatch.setattr(downloads, "get_instance", lambda: SimpleNamespace(_session_mgr=sessions))
    return asked


def test_a_page_still_being_drawn_stays_the_page(monkeypatch):
    """Until a script has run through, its session takes the first page for the one shown."""
    asked = asked_anew(monkeypatch, ClientState())
    downloads._draw_anew("mine", "item-page", "item=MUG")
    (state,) = asked
    assert (state.page_script_hash, state.query_string) == ("item-page", "item=MUG")


def test_what_the_session_knows_besides_is_kept(monkeypatch):
    known = ClientState(query_string="old", page_script_hash="old")
    known.widget_states.widgets.add(id="quantity", string_value="90")
    asked = asked_anew(monkeypatch, known)
    downloads._draw_anew("mine", "item-page", "")
    assert asked[0].widget_states.widgets[0].string_value == "90"
    assert known.page_script_hash == "old"


def test_a_session_that_is_gone_is_asked_nothing(monkeypatch):
    asked = asked_anew(monkeypatch, ClientState())
    downloads._draw_anew("another", "item-page", "")
    assert asked == []
