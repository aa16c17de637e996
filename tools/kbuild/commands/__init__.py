"""The commands of kbuild, one file per command: its flags and what it does."""
