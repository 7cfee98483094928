// All of autograd: tensors, variables, the tape and its operators.
#pragma once

#include "autograd/arithmetic.hpp"
#include "autograd/dropout.hpp"
#include "autograd/error.hpp"
#include "autograd/functions.hpp"
#include "autograd/gradcheck.hpp"
#include "autograd/lookup.hpp"
#include "autograd/loss.hpp"
#include "autograd/matmul.hpp"
#include "autograd/random.hpp"
#include "autograd/reduce.hpp"
#include "autograd/shaping.hpp"
#include "autograd/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/tensor.hpp"
#include "autograd/var.hpp"
