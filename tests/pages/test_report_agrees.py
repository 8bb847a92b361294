"""Page, report and command line say the same of the sample's items, digit for digit."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
import streamlit as st
from typer.testing import CliRunner

from core.cli.main import app as commands
from core.domain import wording as words
from core.services.deciding import approve
from core.services.ordering import plan_today
from core.services.prepare import prepare
from core.store import open_store
from tests.pages.page_parts import opened, sound
from tests.pages.test_plan_pages import DECISIONS, ITEM, ORDERS, metrics, texts
from tests.services.plan_parts import MUG, problems_of, shop
from tests.services.test_reporting import text_of

ITEMS = ("CK-102", "LO-501", "RW-305")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Return a home with the sample, and the agent that comes with the program in use."""
    home = tmp_path_factory.mktemp("sample")
    store = open_store(home)
    prepare(store)
    (agent,) = store.agents.list()
    store.agents.activate(agent.id)
    store.settings.set("policy_in_use", "agent")
    store.close()
    return home


@pytest.fixture
def home(sample, var_dir):
    shutil.copytree(sample, var_dir, dirs_exist_ok=True)
    return var_dir


@pytest.mark.parametrize("item", ITEMS)
def test_page_report_and_command_line_agree(home, tmp_path, item):
    found, page = _explained(item, tmp_path), opened(ITEM, item=item)
    told, explanation = _reported(item, tmp_path), found["explanation"]
    said = {name: text.replace("\\", "") for name, text in metrics(page).items()}
    agent, rule = found["choices"][:2]
    for choice in (agent, rule):
        name = choice["choice"].removesuffix(".")
        assert said[name] == words.units(choice["quantity"])
        risk = words.percent(choice["risk"])
        assert f"Runs out in {risk} (" in texts(page) and risk in told
        assert f"{name} {said[name]} {words.units(choice['raw_quantity'])}" in told
    sentence, why_not = explanation["sentence"], explanation["why_not_sentence"]
    assert sentence in told and why_not and why_not in told and why_not in texts(page)
    # The page puts the order above its reasons, as a headline.
    order, reasons = sentence.removesuffix(".").split(": ", 1)
    assert f"#### {order}\n{reasons[0].upper()}{reasons[1:]}" in texts(page)
    assert explanation["badge"] in told
    checks = explanation["checks"]
    n_passed = f"{sum(check['passed'] for check in checks)} of {len(checks)} checks passed"
    assert any(box.label == n_passed for box in page.expander)
    cost = explanation["why_not"]["cost"]
    if explanation["why_not"]["quantity"] != explanation["why_not"]["reference_quantity"]:
        assert words.money(cost["half_width"]) in told
    for caption in (each.value for each in page.caption):
        if caption.startswith(("Projected stock", "Looking back")):
            assert caption.split(" From the next chance")[0] in told
    _assert_each_has_its_own_column(page, explanation["why_not"], (rule, agent))


def _assert_each_has_its_own_column(page, found, choices):
    """Where the agent decides, the other quantity, which comes first, is the rule's."""
    page.session_state["keep.item.tab"] = "Why not (s, S)"
    (table,) = (each.value for each in sound(page.run()).dataframe if each.value.shape[1] == 4)
    names = [choice["choice"].removeprefix("Agent ").removesuffix(".") for choice in choices]
    ordered = [words.units(choice["quantity"]) for choice in choices]
    titles = [f"{name}: {units}" for name, units in zip(names, ordered, strict=True)]
    assert list(table.columns)[1:3] == titles
    risks = [words.percent(choice["risk"]) for choice in choices]
    assert list(table.iloc[1, 1:3]) == risks
    assert words.money(found["cost"]["half_width"]) in table.iloc[0, 3]
    assert found["cost"]["reference_cost"] is None and list(table.iloc[0, 1:3]) == ["–", "–"]


def _explained(item, folder):
    out = folder / "explained.json"
    done = CliRunner().invoke(commands, ["explain", item, "--json", str(out)])
    assert done.exit_code == 0, done.output
    return json.loads(out.read_text(encoding="utf-8"))


def _reported(item, folder):
    out = folder / "report.html"
    done = CliRunner().invoke(commands, ["report", item, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return text_of(out.read_bytes())


def test_the_same_question_asked_twice_gets_the_same_bytes(home, tmp_path):
    first, second = (_explained("CK-102", tmp_path) for _ in range(2))
    assert first == second
    assert _reported("CK-102", tmp_path) == _reported("CK-102", tmp_path)


def test_what_cannot_be_is_refused_in_words(home, tmp_path):
    run = CliRunner().invoke
    unknown = run(commands, ["explain", "CK-103"])
    assert unknown.exit_code == 2 and "Did you mean 'CK-102'" in unknown.output
    ending = run(commands, ["report", "CK-102", "--out", str(tmp_path / "report.docx")])
    assert ending.exit_code == 2 and ".html, .pdf" in ending.output
    assert not (tmp_path / "report.docx").exists()


def test_without_data_there_is_nothing_to_explain(var_dir, tmp_path):
    for command in (["explain", "A"], ["report", "A", "--out", str(tmp_path / "a.html")]):
        done = CliRunner().invoke(commands, command)
        assert done.exit_code == 2 and "no sales yet" in done.output


def test_the_plan_is_worth_the_same_on_page_report_and_command_line(home, tmp_path):
    page, out = opened(ORDERS), tmp_path / "plan.html"
    done = CliRunner().invoke(commands, ["report", "--out", str(out)])
    assert done.exit_code == 0, done.output
    told = text_of(out.read_bytes())
    table = page.dataframe[0].value
    ordered = table[table["value"] > 0]
    assert f"Value {words.money(ordered['value'].sum())}" in told
    assert f"Orders {len(ordered)} " in told
    assert next(each.value for each in page.caption if "decides for" in each.value) in told


def downloads(page) -> dict[str, bool]:
    """Return whether each download is blocked, by label."""
    return {each.proto.label: each.proto.disabled for each in page.get("download_button")}


@pytest.mark.parametrize("name", [ITEM, ORDERS, DECISIONS])
def test_each_page_offers_the_report_or_say_why_there_is_no_pdf(var_dir, monkeypatch, name):
    store = shop(var_dir)
    approve(store, plan_today(problems_of(store), store), [MUG])
    found = downloads(opened(name))
    assert found["Report as HTML"] is False and found["Report as PDF"] is False
    st.cache_resource.clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page = opened(name)
    found = downloads(page)
    assert found["Report as HTML"] is False and found["Report as PDF"] is True
    assert "install Pango" in texts(page)
    store.close()
