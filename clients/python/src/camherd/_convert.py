"""Colours from luma and chroma, for those who need a few pictures and not a stream of them."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from .errors import CamherdError
from .formats import FORMATS, Array

_BITS = {found.name: found.bits for found in FORMATS.values()}
# Weights of red and blue in luma (ITU-T H.273, MatrixCoefficients 6, 1 and 9).
_WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


def to_bgr(format: str, planes: Tuple[Array, ...], matrix: str, full_range: bool) -> Array:
    """A new bgr24 array. CamherdError without the module cv2 where it is needed."""
    eight = tuple(_eight_bits(plane, _BITS[format]) for plane in planes)
    first = eight[0]
    if format == "bgr24":
        return first.copy()
    if format == "rgb24":
        return np.ascontiguousarray(first[..., ::-1])
    if len(eight) == 1:
        scaled = first if full_range else _full_luma()[first]
        return np.asarray(np.repeat(scaled[..., None], 3, axis=2))
    cv2 = _cv2()
    height, width = first.shape
    chroma = cv2.merge(eight[1:]) if len(eight) == 3 else eight[1]
    if chroma.shape[:2] != first.shape:
        chroma = cv2.resize(chroma, (width, height), interpolation=cv2.INTER_LINEAR)
    u, v = cv2.split(chroma)
    return np.asarray(cv2.transform(cv2.merge((first, u, v)), _bgr_matrix(matrix, full_range)))


def _cv2() -> Any:
    try:
        import cv2
    except ImportError:
        raise CamherdError(
            "to_bgr() of such a picture needs the module cv2 (python3-opencv); without it, ask "
            "the camera for format='bgr24'"
        ) from None
    return cv2


def _eight_bits(plane: Array, bits: int) -> Array:
    if bits == 8:
        return plane
    narrow: Array = (plane >> (bits - 8)).astype(np.uint8)
    return narrow


def _full_luma() -> Array:
    scaled: Array = np.clip(np.round((np.arange(256) - 16) * 255 / 219), 0, 255)
    return scaled.astype(np.uint8)


def _bgr_matrix(matrix: str, full_range: bool) -> Array:
    """Three rows for blue, green and red: factors of Y, U, V, and what is added."""
    red, blue = _WEIGHTS[matrix]
    green = 1 - red - blue
    luma, chroma = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    to_red, to_blue = 2 * (1 - red) * chroma, 2 * (1 - blue) * chroma
    rows = np.array(
        [
            [luma, to_blue, 0],
            [luma, -to_blue * blue / green, -to_red * red / green],
            [luma, 0, to_red],
        ]
    )
    zero = np.array([0.0 if full_range else 16.0, 128.0, 128.0])
    return np.asarray(np.hstack([rows, -(rows @ zero)[:, None]]))
