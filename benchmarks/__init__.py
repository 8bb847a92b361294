"""Everything that is claimed in numbers, measured by one command: `make bench`."""
