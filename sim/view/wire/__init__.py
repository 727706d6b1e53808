"""What goes to a page and how: messages in a queue, series by what has come on top of them."""
