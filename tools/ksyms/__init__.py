"""The actions of ksyms_rules: commands -> kmi -> formats, elf -> errors; imports go only that way."""
