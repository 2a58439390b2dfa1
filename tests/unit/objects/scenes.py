"""Pictures of coloured blocks on noise, and the same objects in every format."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from podium_ml.objects.run_lengths import encode_mask

CLASSES = ("brick", "slab")
COLOURS = {"brick": (200, 60, 40), "slab": (40, 70, 190)}
WIDTH, HEIGHT = 80, 60


def scene(seed: int) -> tuple[Image.Image, list[tuple[str, tuple[int, int, int, int]]]]:
    """Return a picture with up to two blocks, and their classes and boxes."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(150, 200, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    objects = []
    for number in range(seed % 3):
        label = CLASSES[int(rng.integers(2))]
        w, h = (int(one) for one in rng.integers(12, 24, 2))
        x, y = int(rng.integers(0, 38 - w + 1)) + 40 * number, int(rng.integers(0, HEIGHT - h))
        pixels[y : y + h, x : x + w] = np.array(COLOURS[label]) + rng.integers(-15, 15, (h, w, 3))
        objects.append((label, (x, y, w, h)))
    return Image.fromarray(pixels), objects


def corners(box: tuple[int, int, int, int]) -> list[int]:
    x, y, w, h = box
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def save_pictures(folder: Path, count: int) -> list[tuple[str, list[Any]]]:
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in range(count):
        image, objects = scene(seed)
        image.save(folder / f"p{seed:03d}.png")
        found.append((f"p{seed:03d}.png", objects))
    return found


def write_coco(root: Path, count: int, *, mask: str = "polygons") -> Path:
    scenes = save_pictures(root / "images", count)
    images, annotations = [], []
    for number, (name, objects) in enumerate(scenes):
        images.append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT})
        for label, box in objects:
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": number,
                    "category_id": 10 * CLASSES.index(label),
                    "bbox": list(box),
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "segmentation": mask_of(box) if mask == "runs" else [corners(box)],
                }
            )
    categories = [{"id": 10 * at, "name": name} for at, name in enumerate(CLASSES)]
    path = root / "annotations" / "instances.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return path


def mask_of(box: tuple[int, int, int, int]) -> dict[str, Any]:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    x, y, w, h = box
    mask[y : y + h, x : x + w] = True
    return encode_mask(mask)


def write_runs(root: Path, count: int) -> Path:
    return write_coco(root, count, mask="runs")


def write_yolo(root: Path, count: int) -> Path:
    scenes = save_pictures(root / "images" / "train", count)
    labels = root / "labels" / "train"
    labels.mkdir(parents=True)
    for name, objects in scenes:
        rows = [
            f"{CLASSES.index(label)} {(x + w / 2) / WIDTH} {(y + h / 2) / HEIGHT} {w / WIDTH} {h / HEIGHT}"
            for label, (x, y, w, h) in objects
        ]
        (labels / name).with_suffix(".txt").write_text("\n".join(rows))
    path = root / "data.yaml"
    path.write_text(yaml.safe_dump({"train": ".\\images\\train", "names": list(CLASSES)}))
    return path


def write_yolo_polygons(root: Path, count: int) -> Path:
    path = write_yolo(root, count)
    for seed in range(count):
        rows = [
            " ".join(
                [str(CLASSES.index(label))]
                + [str(value / (HEIGHT if at % 2 else WIDTH)) for at, value in enumerate(corners(box))]
            )
            for label, box in scene(seed)[1]
        ]
        (root / "labels" / "train" / f"p{seed:03d}.txt").write_text("\n".join(rows))
    return path


def write_voc(root: Path, count: int) -> Path:
    folder = root / "Annotations"
    folder.mkdir(parents=True)
    for name, objects in save_pictures(root / "JPEGImages", count):
        parts = [
            f"<object><name> {label} </name><bndbox><ymin>{y}</ymin><xmin>{x}</xmin><xmax>{x + w}</xmax>"
            f"<ymax>{y + h}</ymax></bndbox></object>"
            for label, (x, y, w, h) in objects
        ]
        text = f"<annotation><filename>{name}</filename>{''.join(parts)}</annotation>"
        (folder / name).with_suffix(".xml").write_text(text)
    return root


def write_labelme(root: Path, count: int) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        image, objects = scene(seed)
        stream = io.BytesIO()
        image.save(stream, "PNG")
        shapes = [
            {"label": label, "shape_type": "rectangle", "points": [[x, y], [x + w, y + h]]}
            for label, (x, y, w, h) in objects
        ]
        content = {"shapes": shapes, "imagePath": f"..\\gone\\p{seed:03d}.png"}
        content["imageData"] = base64.b64encode(stream.getvalue()).decode()
        (root / f"p{seed:03d}.json").write_text(json.dumps(content))
    return root


def write_azure(root: Path, count: int) -> Path:
    lines = []
    for name, objects in save_pictures(root / "images", count):
        label = [
            {
                "label": one,
                "topX": x / WIDTH,
                "topY": y / HEIGHT,
                "bottomX": (x + w) / WIDTH,
                "bottomY": (y + h) / HEIGHT,
            }
            for one, (x, y, w, h) in objects
        ]
        lines.append(json.dumps({"image_url": f"azureml://store/paths/images/{name}", "label": label}))
    path = root / "train.jsonl"
    path.write_text("\n".join(lines))
    return path


BOX_FORMATS = {
    "coco": write_coco,
    "runs": write_runs,
    "yolo": write_yolo,
    "yolo_polygons": write_yolo_polygons,
    "voc": write_voc,
    "labelme": write_labelme,
    "azure": write_azure,
}
