// With ones, the check sees only the sum of the output: a softmax, whose sum is always 1, passes with any gradient.
    cotangent_ = ones(y.shape());
