"""RAN, the refined attention network, its compared systems and its repair: from channels to features of tracklets.

Along the data: `inputs` → `frame_cnn` → `attention`, `refinement`, `heads/` → `network` → `siamese` with `losses` and
`similarity`. Training: `recipes`, `presets`, `batches`, `train`. After it: `embed`, `evaluate`, `saved`, `run`.
"""
