"""What the program needs of the machine it runs on: compiled kernels, sealed files, the child that reads."""
