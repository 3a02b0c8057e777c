"""The exercises, one file each: `e01_2_histogram.py` holds 01.2, with its reference or where that comes from."""
