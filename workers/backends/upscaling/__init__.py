"""Makes a picture larger on a plain processor: SPAN, a small network, run by OpenCV tile by tile."""
