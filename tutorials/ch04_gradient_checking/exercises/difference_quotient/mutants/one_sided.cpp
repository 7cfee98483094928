// A one-sided quotient errs by h f''/2; with both sides that term cancels, and the error goes with h^2.
    value = up.change / h;
    bend = up.change + down.change;
