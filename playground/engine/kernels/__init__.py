"""What Numba compiles. Only `engine.machine_code` asks for it, and only where nothing is cached."""
