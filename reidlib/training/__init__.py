"""Training: any module that turns a batch into named loss terms, a recipe for the optimiser, and checkpoints.

`fit`          fit(model, batch_of, optimiser, steps): one training; killed, it goes on bit for bit
`stacked`      fit_stacked(models, …): several of one architecture at once, each as it would have trained alone
`settings`     Optimiser: rates, schedule, clipping, precision
`checkpoints`  tensors and facts in one safetensors file
`seeded`       with seeded(*key): the global random state set for a while, then as it was

Inside: `loop` (what both trainings share), `result` (what callbacks and callers get), `optimising` (parameter groups,
clipping), `nested` (batches of any nesting), `interrupts` (Ctrl-C between two steps), `history` (what was logged,
fetched from the GPU now and then), `resume` (a training's state in a checkpoint).

A model's forward takes a batch and returns {name: 0-d tensor}, already weighted; the loss is their sum.
"""
