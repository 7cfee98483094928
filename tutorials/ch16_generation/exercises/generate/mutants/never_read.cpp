// A token that was drawn must be read before the next one is drawn: yours always draws from what follows start.
  Tensor scores;
  for (const int token : start) scores = next(token);
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, options, rng);
    if (token == end) break;
    drawn.push_back(token);
  }
  return drawn;
