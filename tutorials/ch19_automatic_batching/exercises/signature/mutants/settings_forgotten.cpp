// The settings are missing: columns 0 to 2 and columns 1 to 3 are cut by the same operator, but not by the same call.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked) add(JoinedRows::width(x.parts[0].shape()));
  add(JoinedRows::width(request.shape));
  for (const Var* x : request.shared) add(reinterpret_cast<std::uintptr_t>(x->identity()));
}
