"""What there is to choose from, seen before anything is made: every style with its category and its picture."""
