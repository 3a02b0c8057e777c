"""Tracklets, their store on disk, splits and transforms.

`tracklet`    Tracklet: the frames of one person under one camera, rendered or real
`store`       Store: a finished data set on disk, read through a memory map
`writer`      StoreWriter: builds a store; killed and restarted, it gives the same bytes
`columns`     ColumnWriter: adds a per-frame column (flow, smaller frames) to a finished store
`beside`      where such columns lie: beside the store, or in the cache where that cannot be written
`reading`     windows of frames, and uint8 -> normalised float32 in one reused buffer
`transforms`  one crop and one flip per tracklet; resizing of frames and of flow
`splits`      identities into train, validation and test, and a search for leaks
`cache`       the folder where stores live
`images`      one picture from a file that somebody else wrote

Inside: `build` (the crash-safe protocol), `document` (store.json), `layout` (bytes of one array), `files`, `locks`.
"""
