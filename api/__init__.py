"""The HTTP door: FastAPI routes that translate and decide nothing."""
