"""Detectors of torchvision, sized for the pictures of a problem; imported only with PyTorch.

All are made without weights and are trained from scratch.
"""

from torch import Tensor, nn
from torchvision.models.detection import (
    FCOS,
    FasterRCNN,
    MaskRCNN,
    RetinaNet,
    ssdlite320_mobilenet_v3_large,
)
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from podium_ml.objects.grid import LOWEST, MOST

# Anchors by level of the pyramid, in shares of a picture's side; the published ones are for sides of about 800 pixels.
_SHARES = (0.05, 0.1, 0.2, 0.4, 0.8)
_STRIDES = (4, 8, 16, 32, 64)
_LAYERS = {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 50: (3, 4, 6, 3)}
_MOBILE_SIDE = 128


def make_detector(name: str, *, classes: int, side: int, depth: int, width: int) -> nn.Module:
    """Return an untrained detector, whose class 0 is the background.

    Args:
        name: Name of the algorithm.
        classes: Number of classes.
        side: Side of the pictures in pixels.
        depth: Layers of the residual network below the pyramid: 10, 18 or 50.
        width: Channels of the pyramid.
    """
    if name == "ssdlite":
        return _mobile(classes, side)
    size = {"min_size": side, "max_size": side, "image_mean": [0.5] * 3, "image_std": [0.25] * 3}
    kept = {"detections_per_img": MOST, "score_thresh": LOWEST}
    pyramid = _pyramid(depth, width)
    if name == "fcos":
        anchors = AnchorGenerator(tuple((stride,) for stride in _STRIDES), ((1.0,),) * len(_STRIDES))
        return FCOS(pyramid, classes + 1, anchor_generator=anchors, **size, **kept)
    if name == "retinanet":
        thirds = tuple(tuple(share * side * 2 ** (third / 3) for third in range(3)) for share in _SHARES)
        anchors = AnchorGenerator(thirds, ((0.5, 1.0, 2.0),) * len(thirds))
        return RetinaNet(pyramid, classes + 1, anchor_generator=anchors, **size, **kept)
    anchors = AnchorGenerator(tuple((share * side,) for share in _SHARES), ((0.5, 1.0, 2.0),) * len(_SHARES))
    made = {"faster_rcnn": FasterRCNN, "mask_rcnn": MaskRCNN}[name]
    boxes = {f"box_{key}": value for key, value in kept.items()}
    return made(pyramid, classes + 1, rpn_anchor_generator=anchors, **size, **boxes)


class OfOnePicture(nn.Module):  # type: ignore[misc]
    """A detector as it is handed over: pixels of one picture in, boxes, classes and scores out.

    Args:
        detector: The trained detector.
    """

    def __init__(self, detector: nn.Module) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return boxes (corners in pixels), classes from 1, scores, and masks if there are some.

        Args:
            pixels: uint8, shape ``(1, side, side, 3)``.
        """
        found = self.detector([pixels[0].permute(2, 0, 1).float() / 255])[0]
        names = ("boxes", "labels", "scores", "masks")
        return tuple(found[name] for name in names if name in found)


def _pyramid(depth: int, width: int) -> BackboneWithFPN:
    body = ResNet(Bottleneck if depth == 50 else BasicBlock, list(_LAYERS[depth]))
    channels = [64 * 2**level * (4 if depth == 50 else 1) for level in range(4)]
    layers = {f"layer{level + 1}": str(level) for level in range(4)}
    return BackboneWithFPN(body, layers, channels, width)


def _mobile(classes: int, side: int) -> nn.Module:
    detector = ssdlite320_mobilenet_v3_large(
        weights=None,
        weights_backbone=None,
        num_classes=classes + 1,
        detections_per_img=MOST,
        score_thresh=LOWEST,
    )
    side = max(_MOBILE_SIDE, side)
    detector.transform.fixed_size = (side, side)
    return detector
