#include "text/subwords/character_class.hpp"

#include <algorithm>
#include <vector>

#include <utf8proc.h>

namespace tapestry {

namespace {

constexpr std::size_t all_points = 0x110000, block = 256;

CharacterClass class_of(utf8proc_int32_t point) {
  // Unicode's White_Space, which is \s in the expressions.
  if ((point >= 9 && point <= 13) || point == 0x20 || point == 0x85 || point == 0xA0 ||
      point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
      point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000)
    return CharacterClass::space;
  switch (utf8proc_category(point)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return CharacterClass::letter;
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return CharacterClass::number;
  default:
    return CharacterClass::other;
  }
}

// The classes of all code points: a row of 256 for each block of them, equal rows once.
struct Table {
  std::vector<CharacterClass> rows;
  std::array<std::uint16_t, all_points / block> row_of{};

  Table() {
    for (std::size_t b = 0; b < row_of.size(); ++b) {
      std::array<CharacterClass, block> row;
      for (std::size_t i = 0; i < block; ++i)
        row[i] = class_of(static_cast<utf8proc_int32_t>(b * block + i));
      std::size_t at = 0;
      while (at < rows.size() &&
             !std::equal(row.begin(), row.end(), rows.begin() + static_cast<std::ptrdiff_t>(at)))
        at += block;
      if (at == rows.size()) rows.insert(rows.end(), row.begin(), row.end());
      row_of[b] = static_cast<std::uint16_t>(at / block);
    }
  }
  CharacterClass operator()(std::uint32_t point) const {
    return rows[row_of[point / block] * block + point % block];
  }
};

std::array<CharacterClass, 128> classes_of_ascii() {
  std::array<CharacterClass, 128> classes;
  for (std::size_t i = 0; i < classes.size(); ++i)
    classes[i] = class_of(static_cast<utf8proc_int32_t>(i));
  return classes;
}

} // namespace

const std::array<CharacterClass, 128> ascii_classes = classes_of_ascii();

Character wide_character_at(std::string_view text, std::size_t at) {
  static const Table table;
  const auto* byte = reinterpret_cast<const unsigned char*>(text.data()) + at;
  const std::size_t left = text.size() - at;
  const auto follows = [&](std::size_t i) { return i < left && (byte[i] & 0xC0) == 0x80; };
  const auto low = [&](std::size_t i) { return byte[i] & 0x3Fu; };
  const std::uint32_t first = byte[0];
  if (first >= 0xC2 && first < 0xE0 && follows(1))
    return {table((first & 0x1F) << 6 | low(1)), 2, true};
  if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2)) {
    const std::uint32_t point = (first & 0x0F) << 12 | low(1) << 6 | low(2);
    if (point >= 0x800 && (point < 0xD800 || point > 0xDFFF)) return {table(point), 3, true};
  }
  if (first >= 0xF0 && first < 0xF5 && follows(1) && follows(2) && follows(3)) {
    const std::uint32_t point = (first & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3);
    if (point >= 0x10000 && point < all_points) return {table(point), 4, true};
  }
  return {CharacterClass::other, 1, false};
}

} // namespace tapestry
