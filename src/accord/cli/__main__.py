"""`python -m accord.cli` is the command `accord`."""

from accord.cli import main

main()
