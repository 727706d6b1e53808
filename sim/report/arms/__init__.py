"""The two arms of a comparison, on the terminal and in the report: if nobody answers, and if they answer."""
