// Nothing is drawn after the last token, so it need not be read: a step of the model for nothing.
  Tensor scores;
  for (const int token : start) scores = next(token);
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, options, rng);
    if (token == end) break;
    drawn.push_back(token);
    scores = next(token);
  }
  return drawn;
