"""Reports: what a month comes to; each figure says where it is from."""
