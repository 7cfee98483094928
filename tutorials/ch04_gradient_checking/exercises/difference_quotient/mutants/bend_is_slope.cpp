// The second difference is the sum of the two changes: for a straight line it is 0.
    value = (up.change - down.change) / (2 * h);
    bend = up.change - down.change;
