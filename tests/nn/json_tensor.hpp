// Tensors of the fixtures: {"shape": [...], "data": [...]}.
#pragma once

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::testing {

inline Tensor tensor(const nlohmann::json& j) {
  Tensor x = Tensor::from_shape(j.at("shape").get<std::vector<std::size_t>>());
  const auto values = j.at("data").get<std::vector<real>>();
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

inline std::vector<Tensor> tensors(const nlohmann::json& j) {
  std::vector<Tensor> all;
  for (const nlohmann::json& x : j) all.push_back(tensor(x));
  return all;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::testing
