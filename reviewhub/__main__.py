"""`python -m reviewhub`."""

from reviewhub.cli import main

main()
