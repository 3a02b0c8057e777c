"""PRID-2011 as a store: python data_scripts/prepare_prid2011.py ARCHIVE_OR_FOLDER [--single-shot] [--check] …

The same as `reidlib data prepare prid2011 ARCHIVE_OR_FOLDER`, or, with --single-shot, as
`reidlib data prepare prid2011-single-shot …`: its single images instead of its videos.
Bring the archive yourself; `reidlib data list` says who gives it out. Stop it with Ctrl-C and start it again at any
time: it goes on where it stopped.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    other = "--single-shot" in sys.argv
    given = [each for each in sys.argv[1:] if each != "--single-shot"]
    sys.argv[1:] = ["data", "prepare", "prid2011-single-shot" if other else "prid2011", *given]
    main()
