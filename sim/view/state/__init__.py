"""What a session has chosen: as steps that can be undone, and as a link that another browser can open."""
