// A table from pairs of ids to numbers, all in one array: byte-pair encoding looks up little else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tapestry {

/// Open addressing: a pair stands in the slot that its hash names, or in the next free one.
class PairMap {
public:
  /// The number of the pair, or null.
  const std::uint32_t* find(int left, int right) const {
    const std::uint64_t key = key_of(left, right);
    for (std::size_t i = slot_of(key);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].key == key) return &slots_[i].value;
      if (slots_[i].key == free) return nullptr;
    }
  }

  /// Adds the pair with this number, unless it is there; its number, and whether it is new.
  std::pair<std::uint32_t, bool> add(int left, int right, std::uint32_t value) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    return put(key_of(left, right), value);
  }

  std::size_t size() const { return size_; }

private:
  struct Slot {
    std::uint64_t key;
    std::uint32_t value;
  };
  static constexpr std::uint64_t free = UINT64_MAX; // ids are not negative

  static std::uint64_t key_of(int left, int right) {
    return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 |
           static_cast<std::uint32_t>(right);
  }
  std::size_t slot_of(std::uint64_t key) const {
    return static_cast<std::size_t>(((key ^ key >> 29) * 0x9E3779B97F4A7C15) >> shift_);
  }
  std::pair<std::uint32_t, bool> put(std::uint64_t key, std::uint32_t value) {
    for (std::size_t i = slot_of(key);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].key == key) return {slots_[i].value, false};
      if (slots_[i].key != free) continue;
      slots_[i] = {key, value};
      ++size_;
      return {value, true};
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot{free, 0});
    old.swap(slots_);
    --shift_;
    size_ = 0;
    for (const Slot& slot : old)
      if (slot.key != free) put(slot.key, slot.value);
  }

  int shift_ = 60;
  std::size_t size_ = 0;
  std::vector<Slot> slots_ = std::vector<Slot>(16, Slot{free, 0});
};

} // namespace tapestry
