"""What a machine has to compute with."""

from __future__ import annotations

import psutil
import torch

from engines.specs import Precision

_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_NO_MEMORY = ("can't allocate memory", "not enough memory")


def memory_gib() -> float:
    """Return four fifths of the GPU's memory, or half of the host's where there is no GPU, in GiB."""
    if torch.cuda.is_available():
        return float(0.8 * torch.cuda.mem_get_info()[1] / 2**30)
    return float(0.5 * psutil.virtual_memory().total / 2**30)


def best_device() -> torch.device:
    """Return the first GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def dtype_on(device: torch.device, precision: Precision) -> torch.dtype:
    """Return the precision to compute in: the one asked for, or float32 where the device has it not."""
    dtype = _DTYPES[precision]
    if device.type == "cpu" and (
        dtype is torch.float16
        or (dtype is torch.bfloat16 and not torch.cpu.get_capabilities().get("avx512_bf16", False))
    ):
        return torch.float32
    if (
        device.type == "cuda"
        and dtype is torch.bfloat16
        and not torch.cuda.is_bf16_supported(including_emulation=False)
    ):
        return torch.float32
    return dtype


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that the device, or the machine, has no memory left."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)
