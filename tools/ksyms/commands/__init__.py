"""One command per file, named as the rule that runs it, or as what all rules share."""
