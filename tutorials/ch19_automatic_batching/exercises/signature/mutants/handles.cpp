// You took the address of the handle. Every example may have a handle of its own on the same weights: x->identity() is the same for all of them.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked) add(JoinedRows::width(x.parts[0].shape()));
  add(JoinedRows::width(request.shape));
  for (const Var* x : request.shared) add(reinterpret_cast<std::uintptr_t>(x));
  for (const double setting : request.settings) add(std::bit_cast<std::uint64_t>(setting));
}
