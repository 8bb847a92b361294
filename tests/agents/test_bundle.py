"""Bundles are data: they come back exactly, and nothing damaged or hostile gets through."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import zipfile
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as write_tensors

from core.agents import bundle
from core.agents.bundle import load, save
from core.agents.networks import Mlp, Table
from core.agents.policy import Brain
from core.domain import BundleError, BundleMismatchError
from core.simulator import SingleItemSystem, draw_scenario, total_costs


def rewrite(data: bytes, change_manifest=None, change_tensors=None, **metadata) -> bytes:
    """Return the bundle with something changed and a right checksum: damage on purpose."""
    header, _ = bundle._header(data)
    manifest = json.loads(header["__metadata__"]["manifest"])
    if change_manifest:
        manifest = change_manifest(manifest) or manifest
    tensors = bundle._tensors(data)
    if change_tensors:
        change_tensors(tensors)
    body = write_tensors(tensors)
    weights = body[8 + int.from_bytes(body[:8], "little") :]
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    meta = {
        "format": bundle.FORMAT,
        "version": bundle.VERSION,
        "manifest": text,
        "sha256": bundle._sha256(text, weights),
    }
    return write_tensors(tensors, {**meta, **metadata})


@pytest.fixture(scope="module")
def data(assortment_agent) -> bytes:
    return save(assortment_agent)


def test_an_agent_comes_back_as_it_was(assortment, assortment_agent, data):
    """Names, items, record and every order."""
    again = load(data)
    assert (again.name, again.algorithm) == ("tiny", "ppo")
    assert again.cards == assortment_agent.cards and again.record == assortment_agent.record
    assert again.brain.encoder == assortment_agent.brain.encoder
    system, scenario = SingleItemSystem(assortment, 4), draw_scenario(assortment, 4, 30, 1)
    costs = [
        total_costs(system, agent.policy(assortment).act, scenario).cost
        for agent in (assortment_agent, again)
    ]
    assert torch.equal(*costs)


def test_saving_twice_gives_the_same_bytes(assortment_agent, data):
    assert save(load(data)) == data == save(assortment_agent)


def test_a_table_comes_back_as_it_was(textbook_agent):
    brain = textbook_agent.brain
    values = torch.randn(6, brain.code.n_choices)
    table = Table(values, (0, 2), ((-0.5, 0.5), (0.0,)), brain.encoder.n_features)
    again = load(save(replace(textbook_agent, brain=replace(brain, network=table))))
    features = torch.randn(50, brain.encoder.n_features)
    assert torch.equal(again.brain.network.act(features), table.act(features))


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 0.9999))
def test_a_cut_off_file_is_refused(data, share):
    with pytest.raises(BundleError):
        load(data[: int(share * len(data))])


@settings(max_examples=150, deadline=None)
@given(bit=st.integers(0, 10**9))
def test_a_single_flipped_bit_is_noticed(data, bit):
    damaged = bytearray(data)
    damaged[(bit // 8) % len(data)] ^= 1 << bit % 8
    try:
        again = load(bytes(damaged))
    except BundleError:
        return
    # Only JSON's own slack may pass: a blank in the header. Nothing that matters has changed.
    assert save(again) == data


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=400))
def test_random_bytes_are_refused(noise):
    with pytest.raises(BundleError):
        load(noise)


@settings(max_examples=100, deadline=None)
@given(header=st.binary(max_size=200))
def test_random_headers_are_refused(header):
    with pytest.raises(BundleError):
        load(len(header).to_bytes(8, "little") + header + bytes(16))


def test_zip_and_pickle_files_are_refused_and_never_run(tmp_path):
    marker = tmp_path / "ran"

    class Hostile:
        def __reduce__(self):
            return os.system, (f"touch {marker}",)

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(Hostile()))
    for bad in (pickle.dumps(Hostile()), packed.getvalue()):
        with pytest.raises(BundleError):
            load(bad)
    assert not marker.exists()


def test_a_giant_header_is_refused_before_it_is_read():
    with pytest.raises(BundleError, match="cut off"):
        load((2**62).to_bytes(8, "little") + b"{}" * 20)


def test_a_giant_file_is_refused(monkeypatch, data):
    monkeypatch.setattr(bundle, "MAX_BYTES", 1000)
    with pytest.raises(BundleError, match="larger than"):
        load(data)


@pytest.mark.parametrize("bomb", ["[" * 100_000, '{"a":' * 50_000, "9" * 100_000, "NaN", "1e999"])
def test_json_bombs_are_refused(data, bomb):
    with pytest.raises(BundleError):
        load(rewrite(data, lambda _: bomb))
    header = bomb.encode()
    with pytest.raises(BundleError):
        load(len(header).to_bytes(8, "little") + header)


def test_weights_that_are_no_numbers_are_refused(data):
    def spoil(tensors):
        tensors["0.weight"][0, 0] = float("nan")

    with pytest.raises(BundleError, match="no numbers"):
        load(rewrite(data, change_tensors=spoil))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update({"0.weight": torch.zeros(3, 3)}),
        lambda t: t.pop("1.bias"),
        lambda t: t.update({"2.extra": torch.zeros(1)}),
        lambda t: t.update({"1.bias": t["1.bias"].double()}),
    ],
)
def test_weights_of_other_shapes_are_refused(data, change):
    with pytest.raises(BundleError, match="weights"):
        load(rewrite(data, change_tensors=change))


def test_an_unknown_version_is_refused_in_words(data):
    with pytest.raises(BundleError, match=r"format version 7.*needs a later program"):
        load(rewrite(data, version="7"))


def test_other_safetensors_files_are_refused():
    with pytest.raises(BundleError):
        load(write_tensors({"x": torch.zeros(2)}))
    with pytest.raises(BundleError, match="no agent of this program"):
        load(write_tensors({"x": torch.zeros(2)}, {"format": "pt"}))


def test_features_not_known_here_are_a_mismatch(data):
    def change(manifest):
        manifest["encoder"]["names"][1] = "moon_phase"

    with pytest.raises(BundleMismatchError, match="moon_phase"):
        load(rewrite(data, change))


def test_an_algorithm_not_known_here_is_a_mismatch(data):
    with pytest.raises(BundleMismatchError, match="muzero"):
        load(rewrite(data, lambda m: {**m, "algorithm": "muzero"}))


def test_a_network_that_reads_other_features_is_refused(data):
    def change(manifest):
        for key in ("names", "offset", "scale"):
            manifest["encoder"][key].pop()

    with pytest.raises(BundleError, match="features"):
        load(rewrite(data, change))


def _paths(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else ()
    children = enumerate(value[:2]) if isinstance(value, list) else children
    for key, child in children:
        yield from _paths(child, (*path, key))


def test_any_value_replaced_by_nonsense_gives_an_error_in_words_or_a_sound_agent(data):
    """Every place of the manifest, several kinds of nonsense; never anything but a BundleError."""
    header, _ = bundle._header(data)
    manifest = json.loads(header["__metadata__"]["manifest"])
    nonsense = [None, -1, 1e300, "x\x00y", [], {}, True, [[1]], 2**70]
    dice, n_refused = random.Random(0), 0
    for path in [p for p in _paths(manifest) if p]:
        value = dice.choice(nonsense)

        def change(found, path=path, value=value):
            for key in path[:-1]:
                found = found[key]
            found[path[-1]] = value

        try:
            agent = load(rewrite(data, change))
        except BundleError as error:
            n_refused += 1
            assert len(str(error)) > 20 and error.remedy
        else:
            save(agent)
    assert n_refused > 50


def test_a_network_deeper_or_wider_than_any_of_ours_is_refused(data):
    sizes = [[4], [4] * 50, [10**9, 3], [0, 3], [-1, 2]]
    for size in sizes:
        with pytest.raises(BundleError):
            load(rewrite(data, lambda m, s=size: m["network"].update(sizes=s)))


def test_a_brain_is_copied_on_loading(data):
    """Two agents of one file share nothing that learning could change."""
    first, second = load(data), load(data)
    assert isinstance(first.brain, Brain) and isinstance(first.brain.network, Mlp)
    first.brain.network.weights[0].zero_()
    assert bool((second.brain.network.tensors()["0.weight"] != 0).any())
