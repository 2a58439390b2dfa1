"""Masks in both spellings of run lengths."""

import numpy as np
import pytest

from podium_ml.objects.run_lengths import box_of_mask, decode_mask, encode_mask, fill_polygons


def blob(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((37, 23)) > 0.6


@pytest.mark.parametrize("seed", range(3))
def test_writing_and_reading_loses_nothing(seed):
    np.testing.assert_array_equal(decode_mask(encode_mask(blob(seed))), blob(seed))


@pytest.mark.parametrize("seed", range(3))
def test_reads_what_coco_packs(seed):
    core = pytest.importorskip("faster_coco_eval.core.mask")
    packed = core.encode(np.asfortranarray(blob(seed).astype(np.uint8)))
    np.testing.assert_array_equal(decode_mask(packed), blob(seed))
    np.testing.assert_array_equal(decode_mask({**packed, "counts": packed["counts"].decode()}), blob(seed))


def test_lengths_that_do_not_fill_the_picture_are_refused():
    with pytest.raises(ValueError, match="fill"):
        decode_mask({"size": [4, 4], "counts": [3, 4]})


def test_two_polygons_are_one_mask():
    mask = fill_polygons([[0, 0, 5, 0, 5, 5, 0, 5], [10, 10, 15, 10, 15, 15, 10, 15]], 20, 20)
    assert mask[2, 2]
    assert mask[12, 12]
    assert not mask[8, 8]
    assert box_of_mask(mask) == pytest.approx((0, 0, 15, 15), abs=1)
