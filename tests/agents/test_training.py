"""train: one entry for every algorithm; never a disaster, always the best so far."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise

import pytest

from core.agents import TrainingConfig, load, train
from core.agents.config import ALGORITHM_LABELS, PRESETS
from core.agents.registry import ALGORITHMS
from core.agents.warm_start import soft_choices
from core.domain import ParameterError, UnknownNameError
from core.simulator import SingleItemSystem, draw_scenario, total_costs
from core.simulator.seeds import TEST_SEED

pytestmark = pytest.mark.usefixtures("processor_seconds")


def config_of(algorithm, seconds=3.5, **changes) -> TrainingConfig:
    small = {"n_envs": 64, "width": 16, "episode_length": 60, "warm_start_s": 1.0, **changes}
    return TrainingConfig.preset("quick", algorithm, time_limit_s=seconds, **small)


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_every_algorithm_trains_and_is_never_a_disaster(
    algorithm, textbook, textbook_baseline, tmp_path, monkeypatch
):
    """Even seconds of training stay near (s, S), on futures nothing was chosen on."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    agent = train([textbook], config_of(algorithm), baseline=textbook_baseline)
    assert agent.algorithm == algorithm and agent.record.steps > 0
    assert agent.record.validation_ratio < 1.05
    system, scenario = (
        SingleItemSystem([textbook], 256),
        draw_scenario([textbook], 256, 150, TEST_SEED),
    )
    costs = [
        float(total_costs(system, policy.act, scenario, warm_up=30).cost.mean())
        for policy in (agent.policy([textbook]), textbook_baseline)
    ]
    assert costs[0] < 1.07 * costs[1]
    assert not list(tmp_path.glob("SB3-*")), "a training leaves no folder behind"


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_one_agent_serves_a_whole_assortment(algorithm, assortment, assortment_baseline):
    config = config_of(algorithm, 2.0, warm_start_s=0.7)
    agent = train(assortment, config, baseline=assortment_baseline)
    assert [card.label for card in agent.cards] == [problem.name for problem in assortment]
    assert len(agent.record.item_ratios) == 3 and max(agent.record.item_ratios) < 1.4


@pytest.fixture(scope="module")
def watched(textbook, textbook_baseline):
    """Return an agent that learned for seconds, what it reported, and when."""
    ALGORITHMS["ppo"].load_libraries()
    reports, times = [], [time.process_time()]

    def watch(progress):
        reports.append(progress)
        times.append(time.process_time())
        return True

    config = TrainingConfig.preset("quick", "ppo", time_limit_s=6.0, n_envs=128, warm_start_s=1.5)
    return train([textbook], config, watch, baseline=textbook_baseline), reports, times


def test_ppo_beats_the_best_s_s_policy_in_seconds(watched):
    """(s, S) costs 6 % more than the optimum here; some of that is won quickly."""
    agent, _, _ = watched
    assert agent.record.validation_ratio < 0.99


def test_progress_is_reported_often_and_tells_the_truth(watched):
    agent, reports, times = watched
    assert max(b - a for a, b in pairwise(times)) < 2.5
    assert [r.fraction for r in reports] == sorted(r.fraction for r in reports)
    assert reports[-1].fraction == 1.0 and reports[-1].best_cost_ratio == min(
        r.best_cost_ratio for r in reports
    )
    assert any(r.is_new_best for r in reports)
    again = load(reports[-1].best_bundle())
    assert again.record.validation_ratio == agent.record.validation_ratio
    assert agent.record.curve[-1].steps == agent.record.steps


def test_cancelling_keeps_the_best_so_far(textbook, textbook_baseline):
    begin = time.process_time()
    config = config_of("ppo", 600.0)
    agent = train(
        [textbook],
        config,
        lambda progress: progress.phase != "Learning",
        baseline=textbook_baseline,
    )
    assert time.process_time() - begin < 20
    assert agent.record.validation_ratio < 1.1


def test_the_same_items_are_always_seen_alike(assortment, assortment_baseline):
    """What an uploaded agent must match does not change from call to call."""
    from core.agents.task import assign

    first, second = (assign(assortment, assortment_baseline) for _ in range(2))
    assert (first.encoder, first.code, first.items) == (second.encoder, second.code, second.items)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_limit_s": 0}, "time_limit_s must be a number from 1"),
        ({"gamma": 1.5}, "gamma"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"n_envs": 2.5}, "n_envs must be a whole number"),
        ({"width": "wide"}, "width"),
    ],
)
def test_settings_out_of_bounds_are_refused_in_words(changes, words):
    with pytest.raises(ParameterError, match=words):
        TrainingConfig.preset("quick", "ppo", **changes)


def test_unknown_names_answer_what_was_meant():
    with pytest.raises(UnknownNameError, match="Did you mean 'ppo'"):
        TrainingConfig.preset("quick", "pp0")
    with pytest.raises(UnknownNameError, match="Did you mean 'quick'"):
        TrainingConfig.preset("quik")
    with pytest.raises(UnknownNameError, match="Did you mean 'gamma'"):
        TrainingConfig.from_json({"gama": 0.9})


def test_training_for_no_items_is_refused():
    with pytest.raises(ParameterError, match="at least one item"):
        train([], TrainingConfig())


def test_every_algorithm_has_words_and_every_preset_a_time():
    assert set(ALGORITHMS) == set(ALGORITHM_LABELS)
    assert list(PRESETS) == ["quick", "standard", "thorough"]


def test_what_is_imitated_is_highest_at_the_baseline_and_sums_to_one():
    chances = soft_choices(6, 1)
    assert chances.argmax(1).tolist() == list(range(6))
    assert chances.sum(1).allclose(chances.new_ones(6))
    assert chances[3, 2] > chances[3, 0]
