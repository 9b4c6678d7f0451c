"""What a kitchen cooks: batches, their clocks, boxes, samples, temperatures, menus."""
