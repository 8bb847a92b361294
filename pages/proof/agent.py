"""Agent: which agent decides, what was it trained for, can I trust it here?"""

import streamlit as st

from core.services.agent_cards import agent_cards
from core.ui import agent, agent_actions, agent_form, agent_training, frame, state

with frame.page(
    "Agent", "Which agent decides, what was it trained for, and can I trust it on my items?"
):
    frame.require_data()
    agent_actions.told()
    assortment = state.assortment()
    if assortment is not None:
        training = agent_training.panel(assortment)
        cards = agent_cards(state.store(), assortment)
        left, right = st.columns([7, 5], gap="large")
        with left:
            st.subheader("Your agents", anchor=False)
            agent.in_use(cards)
            agent.show_cards(cards)
            if not cards:
                st.info(
                    "There is no agent yet. Train one, or bring one in from a file.",
                    icon=":material/model_training:",
                )
            agent_actions.bring_back()
        with right:
            st.subheader("Train an agent", anchor=False)
            busy = training is not None and not training.job.status.is_over
            with st.expander("Train another after this one") if busy else st.container():
                agent_form.train_form(assortment, primary=training is None)
            st.divider()
            agent_form.upload_form()
