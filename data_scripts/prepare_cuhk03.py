"""CUHK03 as a store: python data_scripts/prepare_cuhk03.py ARCHIVE_OR_FOLDER [--labeled] [--check] …

The same as `reidlib data prepare cuhk03-detected ARCHIVE_OR_FOLDER`, or, with --labeled, as
`reidlib data prepare cuhk03-labeled …`: the boxes drawn by hand instead of the detected ones.
Bring the archive yourself; `reidlib data list` says who gives it out. Stop it with Ctrl-C and start it again at any
time: it goes on where it stopped.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    other = "--labeled" in sys.argv
    given = [each for each in sys.argv[1:] if each != "--labeled"]
    sys.argv[1:] = ["data", "prepare", "cuhk03-labeled" if other else "cuhk03-detected", *given]
    main()
