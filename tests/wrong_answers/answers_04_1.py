"""Answers to 04.1, the masked softmax."""

import torch
from stored_answers import right, wrong

KEY = "04.1"


@right(KEY)
def by_hand_from_the_largest(attention_logits, mask):
    top = attention_logits.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True)
    parts = torch.where(mask, (attention_logits - top).clamp_max(0).exp(), 0)
    return parts / parts.sum(-1, keepdim=True)


@right(KEY)
def row_by_row(attention_logits, mask):
    attention = torch.zeros_like(attention_logits)
    for b in range(len(mask)):
        attention[b, mask[b]] = attention_logits[b, mask[b]].softmax(0)
    return attention


@wrong(KEY, "padding gets a share", "value")
def forgot_the_mask(attention_logits, mask):
    return torch.softmax(attention_logits, -1)


@wrong(KEY, "no longer sums to 1", "value")
def masked_afterwards(attention_logits, mask):
    return torch.softmax(attention_logits, -1).masked_fill(~mask, 0)


@wrong(KEY, "A logit of 0 is not nothing", "value")
def logit_zero(attention_logits, mask):
    return torch.softmax(attention_logits.masked_fill(~mask, 0), -1)


@wrong(KEY, "runs over B", "value")
def over_the_batch(attention_logits, mask):
    return torch.nan_to_num(torch.softmax(attention_logits.masked_fill(~mask, -torch.inf), 0))


@wrong(KEY, "its frames do not compete", "value")
def the_sigmoid(attention_logits, mask):
    return torch.where(mask, 1 / (1 + torch.exp(-attention_logits)), 0)


@wrong(KEY, "subtract the largest logit first", "non-finite")
def runs_over(attention_logits, mask):
    parts = torch.exp(attention_logits) * mask
    return parts / parts.sum(1, keepdim=True)


@wrong(KEY, "changed its input `attention_logits`", "input")
def in_place(attention_logits, mask):
    attention_logits[~mask] = -torch.inf
    return attention_logits.softmax(-1)
