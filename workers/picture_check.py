"""Whether a finished picture is held back: what the classifier sees, against what the house allows for its order."""

import io

from PIL import Image

from services.orders import PictureStep
from services.safety.prompts import Safety
from workers.output_check import OutputCheck, UnreadableOutput

SMALLEST_SIDE = 128
"""Pixels: on a smaller picture nothing can be made out, and the network was not made for it. Nobody can order one."""


class PictureCheck:
    """The safety check of outputs, on top of what a vendor checks by itself."""

    def __init__(self, safety: Safety, classifier: OutputCheck) -> None:
        self._safety = safety
        self._classifier = classifier

    async def is_blocked(self, content: bytes, order: PictureStep) -> bool:
        """Whether nobody should see this JPEG, PNG or WebP. Raises one of db.pool.UNAVAILABLE."""
        with Image.open(io.BytesIO(content)) as image:
            if max(image.size) < SMALLEST_SIDE:
                return False
        threshold = await self._safety.nsfw_threshold(order, style=None)
        if threshold >= 1:
            return False
        try:
            return await self._classifier.score(content) > threshold
        except UnreadableOutput:
            return True
