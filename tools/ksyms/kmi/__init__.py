"""The policy of KMI symbol lists: what belongs in a list, in which order, and what is wrong with one."""
