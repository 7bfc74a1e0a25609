"""``python -m touchbook``."""

from touchbook.cli.main import main

main()
