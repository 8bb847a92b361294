"""What-if: what happens to cost and service if …?"""

import streamlit as st

from core.services.what_if_cards import cards
from core.ui import frame, state, what_if, what_if_cards, what_if_promote

with frame.page("What-if", "What happens to cost and service if …?"):
    data = frame.require_data()
    assortment = state.assortment()
    if assortment is None or not assortment.planned:
        frame.empty("No item can be planned, so nothing can be tried.", frame.DATA_PAGE, "See why")
        st.stop()
    what_if_cards.follow_link(data.period)
    what_if_cards.told()
    what_if_promote.told()
    scenarios = cards(state.store())
    if not scenarios:
        what_if_cards.empty_state(data.period)
        st.stop()
    keys = what_if.choose_items(assortment)
    what_if_cards.cards(scenarios, data.period, one_item=len(keys) == 1)
    asked = what_if.question(assortment, keys)
    policy = what_if.choose_policy(asked, scenarios)
    found = what_if.outcomes(asked, scenarios, policy)
    if found:
        what_if.results(asked, found, policy, data.period)
