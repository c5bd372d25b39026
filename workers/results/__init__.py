"""What came from a vendor: checked before anything is stored, and told what it is before it goes out."""

from workers.results.errors import BadResult, Fault
from workers.results.notes import PictureNote, read_note, tagged
from workers.results.pictures import CheckedPicture, checked_picture

__all__ = ["BadResult", "CheckedPicture", "Fault", "PictureNote", "checked_picture", "read_note", "tagged"]
