// The one place that includes xtensor's expressions; public headers include only tensor.hpp.
// Releases from 0.26 on sort their headers into folders.
//
// Two rules keep lazy expressions from dangling: never `auto` for an expression, and no function
// returns one.
#pragma once

#include "autograd/tensor.hpp"

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/core/xmath.hpp>
#include <xtensor/core/xnoalias.hpp>
#include <xtensor/views/xstrided_view.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>
#endif
