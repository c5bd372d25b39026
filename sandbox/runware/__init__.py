"""A strict stand-in for Runware: its WebSocket, its REST door and its file host, on this machine."""
