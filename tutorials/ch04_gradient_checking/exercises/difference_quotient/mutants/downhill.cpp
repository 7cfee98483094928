// The value ahead minus the value behind; yours are exchanged.
    value = (down.change - up.change) / (2 * h);
    bend = up.change + down.change;
