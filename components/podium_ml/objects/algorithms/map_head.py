"""A head without anchors on the maps of a frozen pretrained network, which were stored once for all branches."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from podium_ml.objects.algorithms._centre_finder import GridFinder, finder_spec
from podium_ml.objects.map_rows import MapRows


class MapFinder(GridFinder):
    """Finds objects with a head on maps."""

    def _maker(self, X: MapRows, *, width: int) -> Callable[[], Any]:
        from podium_ml.objects.algorithms._map_layers import MapHead

        return partial(MapHead, X.maps, classes=self.layout.classes, masks=self.layout.masks, width=width)

    def _inputs(self, X: MapRows) -> Mapping[str, np.ndarray]:
        return X.arrays


SPEC = finder_spec(
    "map_head",
    "Head on frozen maps",
    "Finds centres, edges and pixels of objects on maps of the pretrained network of pictures.",
    finder=MapFinder,
    needs="maps",
    weights="backbone",
    seconds=2.2,
    usefulness=10,
    width=48,
)
