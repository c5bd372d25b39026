"""Personal models: what their owners see, their photos, their copies at vendors, their end."""
