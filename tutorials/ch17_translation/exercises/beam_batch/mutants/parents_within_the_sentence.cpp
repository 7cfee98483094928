// step counts rows of the whole batch, and a search counts its own beams: add first_row to its parents.
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
      const std::size_t first_row = parents.size();
      for (std::size_t i = 0; i < s.live.size(); ++i) {
        parents.push_back(s.parents[i]);
        tokens.push_back(s.live[i].tokens.back());
      }
      s.first_row = first_row;
    }
  }
