"""The mathematics: catalogues of what a network is made of, and the compiled kernels that run it.

The catalogue modules (activations, losses, optimizers, …) are plain Python and load at once. Only
`kernels` loads Numba, and only `machine_code` loads `kernels`, where nothing is compiled yet.
"""
