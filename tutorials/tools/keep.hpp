// Files that a chapter's program keeps for the book, in out/ of its chapter.
#pragma once

#include <string>
#include <string_view>

namespace tapestry {

/// Writes out/NAME while `./course book --check` or `./course regen` runs the program (they set the
/// variable TAPESTRY_KEEP to a folder of theirs); does nothing when a reader runs it. Round what
/// you keep: the book accepts a difference of one unit in a number's last digit, and no more.
void keep(const std::string& name, std::string_view content);

/// The same for a file that the program has written somewhere; its name stays.
void keep_file(const std::string& path);

} // namespace tapestry
