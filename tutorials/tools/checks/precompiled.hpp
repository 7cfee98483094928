// What is compiled once for all checks, and not again with every edit of a student's file.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/autograd.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/xt.hpp"
#include "tutorials/tools/checks/expect.hpp"
