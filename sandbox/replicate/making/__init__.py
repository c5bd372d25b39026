"""What the models of the sandbox make: pictures, meshes, weights."""
