"""Reports as files: self-contained HTML, and PDF of the same page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.domain import PlannerError, UnknownNameError
from core.services.exporting import FileFormat

if TYPE_CHECKING:
    from jinja2 import Environment, Template

REPORT_FORMATS: Mapping[str, FileFormat] = {
    "html": FileFormat("HTML", ".html", "text/html"),
    "pdf": FileFormat("PDF", ".pdf", "application/pdf"),
}
_TEMPLATES = Path(__file__).with_name("report_templates")
Render = Callable[[float], str]
# Tried in turn until the first page holds it all.
_SCALES: tuple[float, ...] = (1.0, 0.93, 0.86, 0.79)


def report_kind(file: str) -> str:
    """Return the kind of report that a file's ending asks for.

    Raises:
        UnknownNameError: where it is neither .html nor .pdf.
    """
    suffix = Path(file).suffix.lower()
    kinds = {form.suffix: kind for kind, form in REPORT_FORMATS.items()}
    if suffix not in kinds:
        raise UnknownNameError("kind of report", suffix or file, kinds)
    return kinds[suffix]


def written(
    template: str, report: Any, kind: str, *, currency: str = "", is_one_page: bool = True
) -> bytes:
    """Write a report as a file; the same report gives the same bytes.

    Args:
        template: File name in report_templates.
        report: What it shows.
        kind: Key of REPORT_FORMATS.
        currency: What amounts are in, as the planner named it; empty where she did not.
        is_one_page: Whether a PDF is set smaller until it is one page.

    Raises:
        UnknownNameError: where there is no such kind.
        PlannerError: where PDF needs a system library that is not there.
    """
    if kind not in _WRITERS:
        raise UnknownNameError("kind of report", kind, REPORT_FORMATS)
    page = _environment().get_template(template)
    scales = _SCALES if is_one_page else _SCALES[:1]
    return _WRITERS[kind](partial(_rendered, page, report, currency), scales)


def _rendered(page: Template, report: Any, currency: str, scale: float) -> str:
    unit = f", {currency}" if currency else ""
    return page.render(report=report, scale=scale, currency=currency, unit=unit)


def _html(render: Render, scales: Sequence[float]) -> bytes:
    return render(scales[0]).encode()


def _pdf(render: Render, scales: Sequence[float]) -> bytes:
    html = _weasyprint().HTML
    document = None
    for scale in scales:
        document = html(string=render(scale), url_fetcher=_fetch_nothing).render()
        if len(document.pages) == 1:
            break
    assert document is not None
    data: bytes = document.write_pdf()
    return data


_WRITERS: Mapping[str, Callable[[Render, Sequence[float]], bytes]] = {"html": _html, "pdf": _pdf}


def _fetch_nothing(url: str) -> dict[str, Any]:
    """Refuse everything outside the report: it brings all it needs."""
    raise ValueError(f"a report loads nothing, not even {url}")


def pdf_problem() -> PlannerError | None:
    """Return why no PDF can be made here; None where it can."""
    try:
        _weasyprint()
    except PlannerError as error:
        return error
    return None


def _weasyprint() -> Any:
    try:
        # Imported here: it takes a second, and needs libraries that not every system has.
        import weasyprint
    except (ImportError, OSError) as error:
        raise PlannerError(
            "A PDF needs the text library Pango, which this system does not have",
            remedy="Take the HTML report and print it, or install Pango "
            "(Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; Mac: brew install "
            "pango; Windows: see WeasyPrint's first steps).",
        ) from error
    return weasyprint


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
