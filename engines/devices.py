"""What a machine has to compute with."""

from __future__ import annotations

import psutil
import torch


def memory_gib() -> float:
    """Return four fifths of the GPU's memory, or half of the host's where there is no GPU, in GiB."""
    if torch.cuda.is_available():
        return float(0.8 * torch.cuda.mem_get_info()[1] / 2**30)
    return float(0.5 * psutil.virtual_memory().total / 2**30)
