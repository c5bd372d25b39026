"""How long something takes, said before it is ordered."""

from bot.texts import Translate


def takes_about(t: Translate, seconds: float) -> str:
    """In seconds as long as people count in them, else in minutes; never exact to the second."""
    if seconds < 90:
        return t("sizes-seconds", seconds=max(5, round(seconds / 5) * 5))
    return t("sizes-minutes", minutes=round(seconds / 60))
