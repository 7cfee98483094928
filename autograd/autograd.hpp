// All of autograd: tensors, variables, the tape and its operators.
#pragma once

#include "autograd/base/error.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "autograd/tensor.hpp"
#include "autograd/var.hpp"
