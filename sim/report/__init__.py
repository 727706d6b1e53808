"""Reports: figures, tables on the terminal, and the HTML report."""
