"""Reads objects: ELF files and archives of them."""
