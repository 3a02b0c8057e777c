"""Run the notebooks as a reader would, refuse what only looks like success, and write one page about it.

`guards` says what counts as a failure, `run` executes one notebook, `export` turns it into a page that needs no
network, `index` lists them all, `build` does the whole course.
"""
