"""Pictures that are nearly the same."""

import numpy as np
from PIL import Image, ImageFilter

from podium_ml.media.difference_hash import difference_hash, near_groups


def photo(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((200, 200), Image.Resampling.BICUBIC)


def groups(images: list[Image.Image]) -> np.ndarray:
    return near_groups([difference_hash(image) for image in images], np.arange(len(images)))


def test_a_burst_shares_a_group_and_other_pictures_do_not():
    burst = [photo(0), photo(0).resize((120, 120)), photo(0).filter(ImageFilter.GaussianBlur(1))]
    found = groups([*burst, *(photo(seed) for seed in range(1, 60))])
    assert len(set(found[:3])) == 1
    assert len(set(found)) == 60


def test_simple_pictures_that_look_alike_to_a_hash_do_not_bind_each_other():
    dots = []
    for seed in range(40):
        pixels = np.full((64, 64, 3), 255, dtype=np.uint8)
        x, y = np.random.default_rng(seed).integers(24, 36, 2)
        pixels[y : y + 4, x : x + 4] = 0
        dots.append(Image.fromarray(pixels))
    assert len(set(groups(dots))) > 30


def test_exact_copies_stay_together_however_many():
    found = near_groups([None] * 10, np.zeros(10, dtype=int))
    assert len(set(found)) == 1
