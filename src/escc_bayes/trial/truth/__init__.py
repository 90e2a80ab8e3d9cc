"""What is true of a planned trial: hazards of both arms, entry, loss, switching, and the events they bring."""
