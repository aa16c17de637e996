"""Builds trimmed Linux kernels with the kernel's own make, one action per step."""
