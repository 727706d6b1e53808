"""What limits the flow: the steps from home to beyond the border, which of them binds, and what a tenth more brings."""
