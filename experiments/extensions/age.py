"""An attribute of migrants: minors and adults, and what happens to each.

The shares are an assumption: about a quarter of those who sought asylum in the EU in the years around 2021 were under
18 (Eurostat, migr_asyappctza). A draw of its own decides who is what, so that no other draw moves: with this extension
all totals are what they were, and stand by age as well.
"""

from sim import extend

AGE = extend.attribute("age", categories={"minor": 0.25, "adult": 0.75}, title="Age")
