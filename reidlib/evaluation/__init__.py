"""Judging: ranking, protocols, statistics, and attention scored against visibility. Arrays in, numbers out; no PyTorch.

`ranking`       rank: CMC, mAP, mINP from distances or features, exactly; its result is `result.Ranking`
`protocols`     market1501, mars, camera_pair, single_gallery_shot, cuhk03_classic, two_tracklet
`topk`          topk: the k nearest gallery items, exactly, for galleries of any size
`statistics`    intervals, paired tests, power, spread over splits, and luck
`papers`        the printed tables of the papers, judged
`visibility`    score_attention: AUC, rank correlation, floors and oracle; `calibration`, `curves` beside it

Inside the ranking: `counting` (how many stand before a match), `matching` (which items are matches), `sources` and
`features` (distances, given or computed), `arithmetic` (cheap products with a proven margin), `identities`, `inputs`.
"""
