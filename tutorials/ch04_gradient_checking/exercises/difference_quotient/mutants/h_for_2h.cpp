// From -h to h it is 2 h.
    value = (up.change - down.change) / h;
    bend = up.change + down.change;
