// The parents are rows of the call before: write them with the old first_row, and set the new one after that.
  std::vector<std::size_t> parents(sentences);
  std::iota(parents.begin(), parents.end(), 0);
  std::vector<int> tokens(sentences, options.start_id);
  for (int length = 1; !parents.empty(); ++length) {
    const NextTokens next = step(parents, tokens);
    check(next, parents.size(), options);
    parallel_parts(sentences, [&](std::size_t i) {
      if (!searches[i].live.empty()) extend(searches[i], next, length, options);
    });
    parents.clear();
    tokens.clear();
    for (SentenceSearch& s : searches) { // its live beams become neighbouring rows
      s.first_row = parents.size();
      for (std::size_t i = 0; i < s.live.size(); ++i) {
        parents.push_back(s.first_row + s.parents[i]);
        tokens.push_back(s.live[i].tokens.back());
      }
    }
  }
