"""The brief: what a study or run says, on two A4 pages, as HTML and as PDF."""
