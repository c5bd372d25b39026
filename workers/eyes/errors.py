"""Why a photo was not looked at."""


class UnreadablePhoto(Exception):
    """The bytes are no photo that can be looked at; trying again changes nothing."""


class EyesFailed(Exception):
    """The process that looks died or took too long over this photo; trying again may help."""
