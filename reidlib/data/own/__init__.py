"""Tracklets of your own: from folders of pictures, or from videos and the tracks that any tracker wrote for them.

`folder_tree`  person/camera/*.jpg -> tracklets
`mot`          the text that trackers write (MOTChallenge), line by line
`boxes`        its boxes, clipped to the frame, as tracks
`video`        frames of a video, or of a folder of numbered pictures, in one pass
`cutting`      video and tracks -> tracklets, in bounded memory
`identities`   who is who across cameras, from a map
`content`      whether these are the files that a store was made from
`build`        all of it into a store: `own_store`, `folder_store`

Nothing here detects or tracks anybody: bring boxes.
"""
