"""One function per user action: what the pages and the command line call."""

__all__: list[str] = []
