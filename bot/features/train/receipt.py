"""What was erased when the leave was taken back."""

from collections.abc import Mapping

from bot.texts import Translate


def receipt_text(t: Translate, counts: Mapping[str, int]) -> str:
    """The numbers; those that are 0 are left out."""
    lines = []
    if photos := counts.get("training_photos", 0):
        lines.append(t("train-erased-photos", count=photos))
    if analyses := counts.get("analyses", 0):
        lines.append(t("train-erased-analyses", count=analyses))
    if faces := counts.get("faces", 0):
        lines.append(t("train-erased-faces", count=faces))
    if trainings := counts.get("trainings", 0):
        lines.append(t("train-erased-trainings", count=trainings))
    if not lines:
        return t("train-withdrawn-nothing")
    return "\n\n".join([t("train-withdrawn"), "\n".join(lines), t("train-withdrawn-end")])
