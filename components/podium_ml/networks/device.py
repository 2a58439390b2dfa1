"""Where networks are trained: on an accelerator if there is one and its memory suffices; imported only with PyTorch."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch

_SMALLEST_BATCH = 32

T = TypeVar("T")


@dataclass(frozen=True)
class Placement:
    """Where and how to train.

    Attributes:
        device: Where the network computes.
        rows: Where the rows are kept; batches move from there.
        batch_size: Rows per step.
    """

    device: torch.device
    rows: torch.device
    batch_size: int

    def quick(self) -> "torch.autocast":
        """Return a context in which an accelerator computes in bfloat16 where that loses little, if it can."""
        is_able = self.device.type == "cuda" and torch.cuda.is_bf16_supported()
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=is_able)


def train_where_it_fits(
    work: Callable[[Placement], T], *, batch_size: int, smallest: int = _SMALLEST_BATCH
) -> T:
    """Return what work gives on the first placement whose memory suffices.

    An accelerator keeps all rows at first, then single batches, which are halved as long as its memory runs out. The
    CPU comes last.

    Args:
        work: Trains from the start.
        batch_size: Rows per step.
        smallest: Smallest batch on an accelerator.
    """
    last = Placement(torch.device("cpu"), torch.device("cpu"), batch_size)
    for placement in _on_accelerator(batch_size, smallest):
        try:
            return work(placement)
        except torch.OutOfMemoryError:
            kept = "all rows" if placement.rows == placement.device else f"{placement.batch_size} rows a step"
            print(f"The memory of the accelerator does not suffice with {kept}.", file=sys.stderr)
        # Outside the handler, the error and the tensors of its frames are gone.
        torch.cuda.empty_cache()
    return work(last)


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Seed PyTorch and set its number of threads, and restore both afterwards.

    Args:
        seed: The seed.
        threads: Number of threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)


def _on_accelerator(batch_size: int, smallest: int) -> Iterator[Placement]:
    if not torch.cuda.is_available():
        return
    device, memory = torch.device("cuda"), torch.device("cpu")
    yield Placement(device, device, batch_size)
    while batch_size >= smallest:
        yield Placement(device, memory, batch_size)
        batch_size //= 2
