"""A 3D model as the preview makes it: from a photo or from words, by geometry and filters, no AI."""

from workers.backends.preview.badge import TEXT
from workers.meshes.build import relief_glb, words_glb
from workers.meshes.note import Note, noted_glb


def paint_solid(prompt: str, seed: int, *, photo: bytes | None = None, negative_prompt: str | None = None) -> bytes:
    """A GLB file marked as a preview: a medallion of the photo, or, without one, a picture of the words.

    The same inputs give the same bytes. Takes a few seconds of one core. Raises UnreadablePhoto.
    """
    label = f"{TEXT} — no AI"
    if photo is not None:
        content = relief_glb(photo, label=label)
    else:
        content = words_glb(prompt, seed, negative_prompt=negative_prompt, label=label)
    return noted_glb(content, Note(prompt, seed, TEXT, TEXT))
