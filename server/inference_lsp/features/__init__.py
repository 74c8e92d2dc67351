"""The server's conversations with an editor, one file each, every one with `register(server, session)`."""
