"""The filter: what a transit state did, month by month, as published counts tell it; and what comes next."""
