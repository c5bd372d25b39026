"""Looks at photos on the CPU, in a process of its own: faces, light, sharpness, likeness, nudity."""
