"""The rendered street: people from a seed, walking past cameras, with visibility, person mask and exact flow.

`versions`    named difficulties; Spec = everything that decides the pixels
`build`       street(...): a version as a store, on all cores, resumable; flow_of(store, i): exact flow on demand
`sheet`       contact sheets
`footage`     a wide picture of several people as a video, with the boxes that a tracker would write
`render`      one tracklet: background, shadows, walker, occluders, then the camera's look
`truth`       visibility and exact flow
`scene`       one tracklet before any pixel: who walks where, in which light, and what comes in between

`identity` `palette` `wardrobe` `cloth` `faces`                 who somebody is, and all surfaces as textures
`skeleton` `figure` `body` `heads` `bags`                       a walk, dressed, as shapes on the screen
`camera` `scenery` `facade` `furniture` `paintbox`              what a camera looks at, and how it sees colours
`occluders`                                                     what comes between camera and walker
`shapes` `raster`                                               limbs and lathes, and how they are painted
`seeds` `exact`                                                 random numbers and trigonometry that never change

A person depends on (people seed, pid) alone, a camera on (camera seed, camid), a tracklet on both and the day: more
persons, cameras or days never change what was there. Every pixel is made with operations that IEEE-754 fixes to the
last
bit, so the bytes do not depend on the processor, the number of workers or the size of a chunk.
"""
