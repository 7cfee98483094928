// All of nn: layers, optimisers, schedules and checkpoints.
#pragma once

#include "nn/batch_norm.hpp"
#include "nn/checkpoint.hpp"
#include "nn/conv.hpp"
#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/init.hpp"
#include "nn/linear.hpp"
#include "nn/lstm.hpp"
#include "nn/module.hpp"
#include "nn/optimizer.hpp"
#include "nn/pooling.hpp"
#include "nn/rnn.hpp"
#include "nn/safetensors.hpp"
#include "nn/schedule.hpp"
