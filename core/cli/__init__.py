"""The command line: `python -m core`; the same services as the pages."""

__all__: list[str] = []
