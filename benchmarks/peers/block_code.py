"""Which picture it is, read from its pixels (docs/ref/camherd-sim.md). Needs numpy."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, Optional

import numpy as np

WIDTH, HEIGHT = 128, 96  # pixels, in the upper left corner
_SYNC = 0xB2
_WHITE_IN_SYNC = np.unpackbits(np.array([_SYNC], np.uint8)).astype(bool)
_LEAST_CONTRAST = 64
# Turns sums of eight rows into means of the inner 8 x 8 pixels of the eight squares in them.
_INNER_COLUMNS = np.kron(np.eye(8), np.repeat([[0], [1], [0]], [4, 8, 4], axis=0) / 64).astype(
    np.float32)


class BlockCode(NamedTuple):
    """What a simulated camera wrote into a picture."""

    scene: int
    index: int  # of the picture within the loop


def read_block_code(luma: np.ndarray) -> Optional[BlockCode]:
    """Reads the code from a grey picture, at least HEIGHT x WIDTH of 8 bits: the luma, or one
    channel of RGB, since the code has no colour. Of a view with strides as well. None if there
    is no code that can be trusted."""
    if luma.shape[0] < HEIGHT or luma.shape[1] < WIDTH:
        return None
    # Each frame pays for this, so first whole rows are added up, then their columns.
    bands = luma[:HEIGHT, :WIDTH].reshape(6, 16, WIDTH)[:, 4:12].sum(axis=1, dtype=np.uint16)
    squares = bands.astype(np.float32) @ _INNER_COLUMNS
    sync = squares[0]
    white, black = sync[_WHITE_IN_SYNC].min(), sync[~_WHITE_IN_SYNC].max()
    contrast = white - black
    from_middle = squares - (white + black) / 2
    if contrast < _LEAST_CONTRAST or np.abs(from_middle).min() < contrast / 4:
        return None
    return _decoded(np.packbits(from_middle > 0, axis=1).tobytes())


@lru_cache(maxsize=4096)
def _decoded(rows: bytes) -> Optional[BlockCode]:
    if rows[0] != _SYNC or _crc16(rows[1:4]) != rows[4] << 8 | rows[5]:
        return None
    return BlockCode(rows[1], rows[2] << 8 | rows[3])


def _crc16(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 8) & 0xFFFF ^ _CRC_OF[crc >> 8 ^ byte]
    return crc


def _crc_of_byte(value: int) -> int:
    crc = value << 8
    for _ in range(8):
        crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


_CRC_OF = [_crc_of_byte(value) for value in range(256)]
