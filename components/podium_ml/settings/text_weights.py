"""What a user can ask of pretrained models of texts, whatever is predicted from them."""

from podium_ml.settings._slice import setting
from podium_ml.settings.shared import ProblemSettings


class TextWeights(ProblemSettings):
    """The pretrained model of texts."""

    encoder: str = setting(
        "Models",
        "",
        description="Pretrained model of texts: package:NAME, a folder, an s3 URL or hub:OWNER/NAME; empty for none.",
    )

    @property
    def weights(self) -> dict[str, str]:
        """See ``ProblemSettings``."""
        return super().weights | ({"encoder": self.encoder} if self.encoder else {})
