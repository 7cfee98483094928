// [&] keeps references to variables that end with the call: a lambda that is returned must keep copies, [=].
Schedule cosine_schedule(std::size_t total, double floor) {
  if (total == 0) throw std::invalid_argument("cosine_schedule: a cosine over 0 steps");
  return [&](std::size_t step) {
    const double done = static_cast<double>(std::min(step, total)) / static_cast<double>(total);
    return floor + (1 - floor) * (1 + std::cos(std::numbers::pi * done)) / 2;
  };
}

Schedule warm_up(std::size_t steps, Schedule after) {
  return [=](std::size_t step) {
    return step < steps ? static_cast<double>(step + 1) / static_cast<double>(steps)
                        : after(step - steps);
  };
}
