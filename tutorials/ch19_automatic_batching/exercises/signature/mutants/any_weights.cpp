// Two layers have the same operator and the same shapes, and different weights: which variables are shared must be in the signature.
Signature::Signature(const Request& request)
    : op_(request.op), hash_(reinterpret_cast<std::uintptr_t>(request.op)) {
  words_.reserve(1 + request.stacked.size() + request.shared.size() + request.settings.size());
  for (const Stacked& x : request.stacked) add(JoinedRows::width(x.parts[0].shape()));
  add(JoinedRows::width(request.shape));
  for (const double setting : request.settings) add(std::bit_cast<std::uint64_t>(setting));
}
