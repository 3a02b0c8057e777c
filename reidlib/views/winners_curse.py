"""WinnersCurse: several equally good methods are tested, the best is reported. How much of its lead is luck?"""

from __future__ import annotations

from typing import Any

from reidlib.views.drawn_later import Later
from reidlib.views.host import View
from reidlib.views.winners_curse_chances import MOST_ALIKE, MOST_LEAD, MOST_METHODS, MOST_PEOPLE, checked_setting
from reidlib.views.winners_curse_picture import winners_curse_picture

# RAN, Table 4: six numbers of iterations on 40 people, 60 to 77 % rank-1, 162 hits of 240 together (67.5 %).
_RAN = {"n": 40, "p": 0.675, "m": 6, "alike": 0, "lead": 10}


class WinnersCurse(View):
    """How often the best of m equally good methods seems better than the truth by x points, and by how much on average.

        WinnersCurse(n=40, p=0.675, m=6, lead=10)   # RAN's Table 4: 40 people, 6 settings, the best 10 points above all

    shows that the best of six reaches 31 of 40 or more in 53 % of such comparisons, although all six are right for
    67.5 % of people, and that it flatters by 9.2 points on average. Sliders change everything; nothing is
    simulated: the best of independent methods has P(best ≤ k) = F(k)^m, F the binomial distribution function.

    Hover looks at a score, click locks it, left and right move it, Escape frees it; sliders take the usual keys.

    Parameters
    ----------
    n : people in the test, 1 to 1000. p : share for which every one of the methods is truly right (rank-1, for
        instance), 0 to 1, rounded to a tenth of a point. m : methods, settings or seeds tried, 1 to 50.
    alike : share of the people on whom all methods have the same result, which is also the correlation of two methods'
        hits; 0 to 0.95. Methods tested on the same people are alike, and luck is then smaller.
    lead : points above the truth, 0 to 30.

    ReidError for numbers out of range. `reidlib.evaluation.chance` has the same numbers for scripts.
    """

    def __init__(self, n: int = 150, p: float = 0.6, m: int = 6, *, alike: float = 0.0, lead: float = 5.0,
                 title: str = "The winner’s curse") -> None:  # fmt: skip
        given = checked_setting(n, p, m, alike, lead)
        data: dict[str, Any] = {
            "given": {name: value for name, value in given._asdict().items()},
            "most": {"n": MOST_PEOPLE, "m": MOST_METHODS, "alike": MOST_ALIKE, "lead": MOST_LEAD}, "ran": _RAN,
        }  # fmt: skip
        picture = Later(lambda: winners_curse_picture(given.n, given.p, given.m, alike=given.alike, lead=given.lead))
        parts = ("winners_curse_chances.js", "winners_curse_plot.js", "winners_curse_controls.js")
        super().__init__("winners_curse.js", data, picture=picture, title=title, parts=parts)
