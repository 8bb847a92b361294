"""SB3 zip files are read as data: genuine ones order as SB3 does, hostile ones do nothing."""

from __future__ import annotations

import io
import os
import pickle
import zipfile

import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC

from core.agents.actions import choices_for, controls_for
from core.agents.sb3_zip import load_sb3_zip
from core.agents.state_dict import read_state_dict
from core.agents.task import assign, learning_task
from core.domain import BundleError, BundleMismatchError
from core.simulator.vec_env import InventoryVecEnv


def model_of(algorithm, assignment, **settings):
    env = InventoryVecEnv(learning_task(assignment, 8, 30))
    return algorithm("MlpPolicy", env, device="cpu", seed=0, **settings)


def zip_of(model) -> bytes:
    stream = io.BytesIO()
    model.save(stream)
    return stream.getvalue()


def with_entry(data: bytes, name: str, content: bytes) -> bytes:
    """Return the zip with one file exchanged."""
    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return stream.getvalue()


@pytest.fixture(scope="module")
def ppo(textbook_assignment):
    model = model_of(PPO, textbook_assignment, n_steps=32, batch_size=64)
    model.learn(512)
    return model


@pytest.fixture(scope="module")
def ppo_zip(ppo) -> bytes:
    return zip_of(ppo)


def test_a_genuine_ppo_zip_orders_exactly_as_sb3_does(
    ppo, ppo_zip, textbook, textbook_baseline, textbook_assignment
):
    agent = load_sb3_zip(ppo_zip, [textbook], baseline=textbook_baseline)
    features = 3 * torch.randn(500, textbook_assignment.encoder.n_features).clamp(-3, 3)
    expected, _ = ppo.predict(features.numpy(), deterministic=True)
    assert agent.brain.network.act(features).tolist() == expected.tolist()
    assert len(set(expected.tolist())) > 1
    assert agent.record.validation_ratio > 0


@pytest.mark.parametrize(
    ("algorithm", "settings", "is_continuous"),
    [
        (A2C, {}, False),
        (DQN, {"buffer_size": 100}, False),
        (SAC, {"buffer_size": 100}, True),
        (PPO, {"policy_kwargs": {"activation_fn": torch.nn.ReLU, "net_arch": [8, 8, 8]}}, False),
        (PPO, {}, True),
    ],
)
def test_other_algorithms_and_shapes_order_as_sb3_does(
    algorithm, settings, is_continuous, textbook, textbook_baseline
):
    assignment = assign(
        [textbook], textbook_baseline, controls_for if is_continuous else choices_for
    )
    model = model_of(algorithm, assignment, **settings)
    agent = load_sb3_zip(zip_of(model), [textbook], baseline=textbook_baseline)
    features = torch.randn(200, assignment.encoder.n_features)
    expected = torch.as_tensor(model.predict(features.numpy(), deterministic=True)[0])
    assert torch.allclose(agent.brain.network.act(features), expected, atol=1e-5)


class Hostile:
    """Runs a command where it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def torch_file(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", content)
    return stream.getvalue()


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
def test_a_hostile_pickle_is_refused_and_never_runs(
    protocol, tmp_path, ppo_zip, textbook, textbook_baseline
):
    marker = tmp_path / "ran"
    evil = torch_file(pickle.dumps({"action_net.weight": Hostile(marker)}, protocol))
    with pytest.raises(BundleError, match="contains code"):
        load_sb3_zip(
            with_entry(ppo_zip, "policy.pth", evil), [textbook], baseline=textbook_baseline
        )
    assert not marker.exists()


def test_every_other_pickled_part_stays_closed(tmp_path, ppo_zip, textbook, textbook_baseline):
    """Optimiser, variables and serialised settings may hold anything: they are never opened."""
    import base64

    marker = tmp_path / "ran"
    evil = pickle.dumps(Hostile(marker))
    bad = with_entry(ppo_zip, "policy.optimizer.pth", torch_file(evil))
    bad = with_entry(bad, "pytorch_variables.pth", torch_file(evil))
    text = base64.b64encode(evil).decode()
    settings = f'{{"policy_class": {{":type:": "x", ":serialized:": "{text}"}}}}'
    bad = with_entry(bad, "data", settings.encode())
    load_sb3_zip(bad, [textbook], baseline=textbook_baseline)
    assert not marker.exists()


def test_another_number_of_features_is_named(ppo_zip, assortment, assortment_baseline):
    with pytest.raises(BundleMismatchError, match=r"reads 5 features, and these items have \d+"):
        load_sb3_zip(ppo_zip, assortment, baseline=assortment_baseline)


def test_other_orders_are_named(textbook, textbook_baseline, textbook_assignment):
    import gymnasium as gym
    import numpy as np

    class Other(gym.Env):
        observation_space = gym.spaces.Box(-1, 1, (5,), np.float32)
        action_space = gym.spaces.Discrete(3)

        def reset(self, *, seed=None, options=None):
            return np.zeros(5, np.float32), {}

    data = zip_of(PPO("MlpPolicy", Other(), device="cpu"))
    n_choices = textbook_assignment.code.n_choices
    with pytest.raises(BundleMismatchError, match=f"between 3 orders.*have {n_choices}"):
        load_sb3_zip(data, [textbook], baseline=textbook_baseline)


def test_damaged_zips_are_refused(ppo_zip, textbook, textbook_baseline):
    """Cut off, flipped, without weights, or no zip at all: always a BundleError."""
    n = len(ppo_zip)
    damaged = [ppo_zip[: n * k // 7] for k in range(7)] + [b"", b"PK\x03\x04junk"]
    for at in range(0, n, n // 24):
        flipped = bytearray(ppo_zip)
        flipped[at] ^= 0xFF
        damaged.append(bytes(flipped))
    n_refused = 0
    for data in damaged:
        try:
            load_sb3_zip(data, [textbook], baseline=textbook_baseline)
        except BundleError:
            n_refused += 1
    assert n_refused > 15
    with pytest.raises(BundleError, match=r"policy\.pth"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("data", "{}")
        load_sb3_zip(stream.getvalue(), [textbook], baseline=textbook_baseline)


def test_a_zip_bomb_is_refused(textbook, textbook_baseline):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", b" " * (300 * 2**20))
    with pytest.raises(BundleError, match="unpack"):
        load_sb3_zip(stream.getvalue(), [textbook], baseline=textbook_baseline)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(value):
    stream = io.BytesIO()
    torch.save({"x": torch.tensor([value])}, stream)
    with pytest.raises(BundleError, match="no numbers"):
        read_state_dict(stream.getvalue())


def test_a_state_dict_is_read_as_torch_reads_it():
    """Names, shapes and values; several tensors on one storage, too."""
    base = torch.randn(6, 4)
    tensors = {"a": base, "b": base[2:4], "c": torch.arange(5.0), "d": torch.randn(())}
    stream = io.BytesIO()
    torch.save(tensors, stream)
    found = read_state_dict(stream.getvalue())
    assert all(torch.equal(found[name], value) for name, value in tensors.items())
