"""The code by which each picture of camherd-sim says which one it is (docs/ref/camherd-sim.md)."""

from __future__ import annotations

from typing import Optional, Tuple

import numpy as np

_SYNC = 0xB2


def read_block_code(luma: np.ndarray) -> Optional[Tuple[int, int]]:
    """Scene and index of a picture; None if it is not whole."""
    cells = luma[:96, :128].reshape(6, 16, 8, 16)[:, 4:12, :, 4:12].mean(axis=(1, 3))
    sync = np.unpackbits(np.array([_SYNC], np.uint8)).astype(bool)
    white, black = cells[0][sync].min(), cells[0][~sync].max()
    middle = (white + black) / 2
    if white - black < 64 or (abs(cells - middle) < (white - black) / 4).any():
        return None
    rows = np.packbits(cells > middle, axis=1)[:, 0].tolist()
    if rows[0] != _SYNC or _crc16(rows[1:4]) != rows[4] << 8 | rows[5]:
        return None
    return rows[1], rows[2] << 8 | rows[3]


def _crc16(data) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
