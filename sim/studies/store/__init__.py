"""Storage of studies: the folder's contents, its record, and checks of its integrity."""
