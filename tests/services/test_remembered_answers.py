"""Answers are remembered by the layout of a file, and only what she herself answered."""

from __future__ import annotations

import openpyxl

from core.ingest import ReadOptions, Source
from core.services.importing import ImportRequest, Preview, preview_import
from core.services.remembered_answers import layout_key, recalled_answers, remember_answers
from core.store import Store
from tests.ingest.corpus.parts import saved

DAYS = "".join(f"2024-01-{day:02d},A,3\n" for day in range(1, 29))


def preview(text: str, **answers: str) -> Preview:
    source = Source("s.csv", text.encode())
    return preview_import(ImportRequest("history", source, ReadOptions(answers=answers)), None)


def test_next_weeks_file_is_answered_as_the_last_one(store: Store) -> None:
    head = "date,item,quantity\n"
    remember_answers(store, preview(head + DAYS + "2024-01-05,A,-1\n", negatives="ignore"))
    assert recalled_answers(store, preview(head + DAYS + "2024-01-07,A,-2\n")) == {
        "negatives": "ignore"
    }
    assert recalled_answers(store, preview(head + DAYS)) == {}
    other = head.replace("quantity", "sold") + DAYS + "2024-01-07,A,-2\n"
    assert recalled_answers(store, preview(other)) == {}


def test_a_default_nobody_chose_is_not_remembered(store: Store) -> None:
    rows = "date,item,quantity\n" + DAYS + "2024-01-05,A,-1\n"
    remember_answers(store, preview(rows))
    assert recalled_answers(store, preview(rows)) == {}


def test_a_column_once_chosen_is_chosen_again(store: Store) -> None:
    rows = "date,item,value,weight\n" + DAYS.replace(",3", ",3,4")
    remember_answers(store, preview(rows, column_quantity="weight"))
    assert recalled_answers(store, preview(rows)) == {"column_quantity": "weight"}


def test_a_new_period_is_the_same_layout_but_its_first_day_is_asked_anew(store: Store) -> None:
    def weeks(n: int) -> str:
        names, cells = ",".join(f"W{k}" for k in range(n)), ",".join(["3"] * (n - 1))
        return f"SKU,{names}\nA,3,{cells}\nB,3,{cells[:-1]}\n"

    remember_answers(store, preview(weeks(30), first_period="2024-01-01", blank_cells="zero"))
    assert recalled_answers(store, preview(weeks(31))) == {"blank_cells": "zero"}


def test_what_is_no_choice_any_more_is_asked_anew(store: Store) -> None:
    rows = "date,item,quantity\n" + DAYS + "2024-01-05,A,-1\n"
    told = preview(rows, negatives="ignore")
    remember_answers(store, told)
    store.settings.set(layout_key(told), {"negatives": "burn them"})
    assert recalled_answers(store, preview(rows)) == {}


def test_statuses_named_last_time_count_until_a_new_one_appears(store: Store) -> None:
    def lines(*statuses: str) -> str:
        rows = [f"2024-01-{i + 1:02d},A,3,{status}\n" for i, status in enumerate(statuses)]
        return "date,item,quantity,status\n" + "".join(rows)

    before = ("shipped", "shipped", "on hold", "lost")
    remember_answers(store, preview(lines(*before), status="on hold; lost"))
    assert recalled_answers(store, preview(lines("shipped", "lost", "shipped", "shipped"))) == {
        "status": "lost"
    }
    assert recalled_answers(store, preview(lines(*before, "stolen", "shipped"))) == {}


def test_the_sheet_of_one_month_is_asked_anew_and_all_of_them_is_not(store: Store) -> None:
    def book(**answers: str) -> Preview:
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        for month in (1, 2):
            sheet = made.create_sheet(f"2024-{month:02d}")
            sheet.append(("date", "item", "quantity"))
            for day in range(1, 9):
                sheet.append((f"2024-{month:02d}-{day:02d}", "A", 3))
        options = ReadOptions(answers=answers)
        return preview_import(
            ImportRequest("history", Source("b.xlsx", saved(made)), options), None
        )

    remember_answers(store, book(sheet="2024-01"))
    assert recalled_answers(store, book()) == {}
    remember_answers(store, book(sheet="(all)"))
    assert recalled_answers(store, book()) == {"sheet": "(all)"}
