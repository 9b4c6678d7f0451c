"""The outer room: HTTP, sockets and pages around `dispatch`."""
