"""One file format per module: its schema, its reader and its writer."""
