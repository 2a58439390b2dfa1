"""What a user can ask of pretrained models of pictures, whatever is predicted from them."""

from podium_ml.settings._slice import setting
from podium_ml.settings.shared import ProblemSettings


class PictureWeights(ProblemSettings):
    """The pretrained model of pictures."""

    backbone: str = setting(
        "Models",
        "",
        description="Pretrained model of pictures: package:NAME, a folder, an s3 URL or hub:OWNER/NAME.",
    )

    @property
    def weights(self) -> dict[str, str]:
        """See ``ProblemSettings``."""
        return super().weights | ({"backbone": self.backbone} if self.backbone else {})
