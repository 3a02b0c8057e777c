"""Market-1501 as a store: python data_scripts/prepare_market1501.py ARCHIVE [--check] [--partial] [--size 128x64].

The same as `reidlib data prepare market1501 ARCHIVE`. Bring the archive yourself; `reidlib data list` says who
gives it out. Stop it with Ctrl-C and start it again at any time: it goes on where it stopped.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["data", "prepare", "market1501"]
    main()
