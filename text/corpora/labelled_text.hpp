// Sentences with a label behind a tab: reviews and whether they praise.
#pragma once

#include <string>
#include <vector>

#include "text/corpora/line_reader.hpp"

namespace tapestry {

struct LabelledText {
  std::string text, label;

  bool operator==(const LabelledText&) const = default;
};

struct LabelledOptions {
  std::size_t text_column = 0, label_column = 1;
  std::size_t most_bytes = 100'000; ///< in a line
};

/// Line by line. Every line has as many columns as the first; empty lines are left out, and so is a
/// first line whose two columns say "sentence" or "text" and "label", as in GLUE's files. Spaces
/// around a field are dropped. A FormatError "PATH: line 17: 1 column; expected 2, with a tab
/// between" for a missing column, an empty text or an empty label. A std::invalid_argument if the
/// two columns are the same one.
class LabelledReader {
public:
  explicit LabelledReader(const std::string& path, const LabelledOptions& options = {});
  /// false at the end of the file.
  bool next(LabelledText& example);

private:
  LineReader lines_;
  LabelledOptions options_;
  std::size_t columns_ = 0;
};

/// All of them; a FormatError for a file without any.
std::vector<LabelledText> read_labelled(const std::string& path,
                                        const LabelledOptions& options = {});

/// The labels that occur, each once, in byte order: label i of a classifier is label_names()[i].
std::vector<std::string> label_names(const std::vector<LabelledText>& examples);
/// Where a label stands among the names; a std::invalid_argument that lists them if it does not.
int label_id(const std::vector<std::string>& names, const std::string& label);

} // namespace tapestry
