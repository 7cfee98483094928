// How many rows an example has must not count: all rows lie under each other, and one call serves them. Add the width of a tensor, not its whole shape.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked)
    for (const std::size_t size : x.parts[0].shape()) add(size);
  for (const std::size_t size : request.shape) add(size);
  for (const Var* x : request.shared) add(reinterpret_cast<std::uintptr_t>(x->identity()));
  for (const double setting : request.settings) add(std::bit_cast<std::uint64_t>(setting));
}
