"""What the house does with 3D models, binary glTF 2.0: checks, notes, shows and builds them. CPU only."""
