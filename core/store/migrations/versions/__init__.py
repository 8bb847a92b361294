"""One step per file, oldest first: ``v0001_first_record.py`` and so on."""
