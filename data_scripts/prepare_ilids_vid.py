"""iLIDS-VID as a store: python data_scripts/prepare_ilids_vid.py ARCHIVE [--check] [--partial] [--size 128x64].

The same as `reidlib data prepare ilids-vid ARCHIVE_OR_FOLDER`. Bring the archive yourself; `reidlib data list` says who
gives it out. Stop it with Ctrl-C and start it again at any time: it goes on where it stopped.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "prepare", "ilids-vid"]
    main()
