"""What can be ordered: services as rows, menus, and what each kitchen serves when."""
