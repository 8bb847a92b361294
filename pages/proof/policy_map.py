"""Policy map: what would be ordered in every situation?"""

from core.ui import frame, plan_item, policy_map_views, state

with frame.page("Policy map", "What would be ordered in every situation?"):
    frame.require_data()
    assortment, ordering = state.assortment(), state.ordering()
    assert assortment is not None and ordering is not None
    key = plan_item.choose(assortment, ordering)
    if key in assortment.unplannable:
        plan_item.cannot_be_planned(assortment, key)
    else:
        policy_map_views.show(assortment, ordering, key)
