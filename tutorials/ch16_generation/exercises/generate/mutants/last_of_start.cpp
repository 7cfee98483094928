// The model must read all of start, not its last token alone: the others are in its state.
  Tensor scores = next(start.back());
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, options, rng);
    if (token == end) break;
    drawn.push_back(token);
    if (drawn.size() < most) scores = next(token);
  }
  return drawn;
