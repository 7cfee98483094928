// A setting became a whole number on its way into the signature, so 0.25 and 0.5 are the same. std::bit_cast<std::uint64_t>(setting) keeps all its bits.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked) add(JoinedRows::width(x.parts[0].shape()));
  add(JoinedRows::width(request.shape));
  for (const Var* x : request.shared) add(reinterpret_cast<std::uintptr_t>(x->identity()));
  for (const double setting : request.settings) add(static_cast<std::uint64_t>(setting));
}
