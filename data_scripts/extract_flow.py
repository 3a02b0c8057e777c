"""The optical flow of a whole store: python data_scripts/extract_flow.py STORE [--method accurate] [--workers N].

The same as `reidlib flow extract STORE`; STORE is a store's folder or its name in the cache. Stop it with Ctrl-C and
start it again at any time: it goes on where it stopped, and the bytes are the same.
"""

import sys

from reidlib.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["flow", "extract"]
    main()
