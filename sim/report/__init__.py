"""What people read: figures, tables on the terminal."""
