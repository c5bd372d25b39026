"""Photos that people send: taken in, measured, judged, compared, forgotten."""
