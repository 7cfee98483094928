// The options say how to draw: hand them on, or the text is the same every time.
  Tensor scores;
  for (const int token : start) scores = next(token);
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, {.temperature = 0}, rng);
    if (token == end) break;
    drawn.push_back(token);
    if (drawn.size() < most) scores = next(token);
  }
  return drawn;
