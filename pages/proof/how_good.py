"""How good are these agents? The gap to the known optimum on textbook problems."""

from core.ui import frame, how_good, how_good_chart, how_good_job, how_good_table

with frame.page(how_good.TITLE, how_good.QUESTION):
    how_good.about()
    busy = how_good_job.watch()
    if not busy:
        how_good_job.form()
    study = how_good.chosen_study()
    if study is not None:
        how_good.headline(study)
        how_good.tiles(study)
        how_good_chart.show_gaps(study)
        how_good_table.show_table(study)
        how_good_table.download(study)
        how_good_table.rests_on(study)
