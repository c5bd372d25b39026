"""Solids of the preview: medallions of photos, framed pictures of words. Geometry and filters, no AI."""
