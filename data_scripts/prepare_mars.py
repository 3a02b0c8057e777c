"""MARS as a store: python data_scripts/prepare_mars.py ARCHIVE_OR_FOLDER [--check] [--partial] [--size 128x64].

The same as `reidlib data prepare mars ARCHIVE_OR_FOLDER`. Bring the archive yourself; `reidlib data list` says who
gives it out. Stop it with Ctrl-C and start it again at any time: it goes on where it stopped.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "prepare", "mars"]
    main()
