"""Public benchmarks: what they are, how their folders are read, how one tests on them. None is shipped or downloaded.

`listing`     what lies in a folder, before a pixel is read
`division`    one way to test: who trains, who probes, who stands in the gallery, by which rule
`benchmark`   all that is known about one of them; one file each: `ilids_vid`, `prid2011`, `mars`, `cuhk01`, `cuhk03`,
              `market1501`
`unpack`      archives, opened so that nothing is written elsewhere
`prepare`     archive or folder -> store, with a verdict on its counts
"""
