"""Optical flow: how each pixel moved since the frame before, and the five channels that the network reads.

`lucas_kanade`    lucas_kanade(frames): dense, pyramidal, batched, CPU or GPU
`settings`        fast, accurate, and every number of theirs
`window`          the same idea for one window, step by step
`endpoint_error`  how far a flow is from the truth
`flo_file`        Middlebury's .flo files
`single_scale`    the flow of the compared papers' code, with its 8-bit storage
`colour`          RGB to grey and to YUV
`five_channels`   Y, U, V and two channels of flow, cropped to 56×40
`extract`         the flow of a whole store as a column beside it

Inside: `solver` and `operators` (warping, 2×2 systems, the separable linear maps), `workers` (processes).

Convention: flow (T, 2, H, W), pixels per frame, x right, y down, flow[0] = 0, on the grid of frame t:
frame_t(p) ≈ frame_{t−1}(p − flow[t](p)).
"""
