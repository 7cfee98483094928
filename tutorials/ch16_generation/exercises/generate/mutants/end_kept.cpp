// The end says that the text is over; it is no part of it.
  Tensor scores;
  for (const int token : start) scores = next(token);
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, options, rng);
    drawn.push_back(token);
    if (token == end) break;
    if (drawn.size() < most) scores = next(token);
  }
  return drawn;
