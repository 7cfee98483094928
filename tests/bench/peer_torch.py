"""PyTorch's side of the benchmarks: reads a case and runs it when told. See bench.hpp."""
import ctypes
import json
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional
    from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence
except ImportError as error:
    sys.exit(f"peer: {error}; on Debian: apt-get install python3-torch")

# PyTorch's own threads and those of the BLAS below it are set together. "1+2" gives one thread to
# PyTorch and two to BLAS: no setting of PyTorch's does that, but it is sometimes the fastest.
modes = {"1": (1, 1), "2": (2, 2), "1+2": (1, 2)}
try:
    blas = ctypes.CDLL("libopenblas.so.0")
except OSError:
    blas = None  # another BLAS: its threads stay as they are


def set_threads(own, of_blas):
    torch.set_num_threads(own)
    if blas is not None:
        blas.openblas_set_num_threads(of_blas)


def layer_step(case):
    """Forward and backward of a recurrent layer, all gradients wanted, the input's too."""
    kind = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[case["kind"]]
    layer = kind(case["I"], case["H"], case["layers"], bidirectional=case["bidirectional"])
    lengths = case["lengths"]
    x = torch.randn(max(lengths), len(lengths), case["I"])
    packed = pack_padded_sequence(x, torch.tensor(lengths)) if case["packed"] else None
    data = (packed.data if packed is not None else x).clone().requires_grad_()
    width = case["H"] * (2 if case["bidirectional"] else 1)
    seed = torch.randn(*data.shape[:-1], width)

    def step():
        layer.zero_grad(set_to_none=True)
        data.grad = None
        if packed is not None:
            output, _ = layer(PackedSequence(data, packed.batch_sizes))
            output.data.backward(seed)
        else:
            output, _ = layer(data)
            output.backward(seed)
    return step


class LanguageModel(nn.Module):
    """Word or letter after word or letter: embedding, LSTM, scores."""

    def __init__(self, words, width, layers):
        super().__init__()
        self.embed = nn.Embedding(words, width)
        self.lstm = nn.LSTM(width, width, layers)
        self.to_words = nn.Linear(width, words)

    def forward(self, ids, state):
        output, state = self.lstm(self.embed(ids), state)
        return self.to_words(output), state


def training_step(case):
    """A whole step: loss, gradients, clipping, optimiser. The state is carried on, detached."""
    model = LanguageModel(case["V"], case["H"], case["layers"])
    parameters = list(model.parameters())
    optimiser = (torch.optim.Adam(parameters, lr=1e-3) if case["optimiser"] == "adam"
                 else torch.optim.SGD(parameters, lr=1.0))
    ids = torch.randint(case["V"], (case["T"] + 1, case["B"]))
    zero = torch.zeros(case["layers"], case["B"], case["H"])
    state = [(zero, zero)]

    def step():
        optimiser.zero_grad(set_to_none=True)
        scores, last = model(ids[:-1], state[0])
        loss = functional.cross_entropy(scores.flatten(0, 1), ids[1:].flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        state[0] = tuple(part.detach() for part in last)
    return step


def mlp_step(case):
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(),
                          nn.Linear(16, 1))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(32, 2), torch.randn(32, 1)

    def step():
        optimiser.zero_grad(set_to_none=True)
        functional.mse_loss(model(x), y).backward()
        optimiser.step()
    return step


def chain_step(case):
    """Small records in a row, forward and back."""
    x = torch.randn(2, 2, requires_grad=True)
    w = torch.randn(2, 2)

    def step():
        y = x
        for _ in range(case["length"] // 2):
            y = torch.tanh(y + w)
        y.sum().backward()
    return step


def there_and_back(f, shape, parameters=(), to_x=True):
    """A step: f forward, and back from a fixed gradient."""
    x = torch.randn(shape, requires_grad=to_x)
    seed = torch.randn(f(x).shape)

    def step():
        for p in parameters:
            p.grad = None
        x.grad = None
        f(x).backward(seed)
    return step


def conv_step(case):
    layer = nn.Conv2d(case["in"], case["out"], case["kernel"], stride=case["stride"],
                      padding=case["kernel"] // 2, groups=case["groups"])
    f = (lambda x: functional.relu(layer(x))) if case["relu"] else layer
    return there_and_back(f, (case["B"], case["in"], case["side"], case["side"]),
                          list(layer.parameters()))


def small_cnn_step(case):
    def conv(before, after):
        return [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
    model = nn.Sequential(*conv(3, 32), *conv(32, 32), nn.MaxPool2d(2),
                          *conv(32, 64), *conv(64, 64), nn.MaxPool2d(2),
                          nn.Flatten(), nn.Linear(64 * 64, 10))
    return there_and_back(model, (case["B"], 3, 32, 32), list(model.parameters()), to_x=False)


def max_pool_step(case):
    return there_and_back(lambda x: functional.max_pool2d(x, 2), case["shape"])


def batch_norm_step(case):
    layer = nn.BatchNorm2d(case["shape"][1])
    return there_and_back(layer, case["shape"], list(layer.parameters()))


makers = {"layer": layer_step, "training": training_step, "mlp": mlp_step, "chain": chain_step,
          "conv": conv_step, "small_cnn": small_cnn_step, "max_pool": max_pool_step,
          "batch_norm": batch_norm_step}


def status(key):
    """A line of /proc/self/status, in bytes: VmRSS, the resident memory, or VmHWM, its peak."""
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0


def memory(case):
    """As memory_of() in memory.cpp: a small case first, so that no code is loaded in the steps."""
    training_step({**case, **case["small"]})()
    step = training_step(case)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # the peak begins anew
    before = status("VmRSS")
    for _ in range(3):
        step()
    return status("VmHWM") - before


step, repeat = None, 1
for line in sys.stdin:
    question = json.loads(line)
    answer = True
    if "modes" in question:
        answer = list(modes)
    elif "case" in question:
        torch.manual_seed(1)
        step = makers[question["case"]["make"]](question["case"])
        repeat = question["case"].get("repeat", 1)
        for threads in modes.values():
            set_threads(*threads)
            step()
    elif "run" in question:
        set_threads(*modes[question["run"]])
        start = time.perf_counter()
        for _ in range(repeat):
            step()
        answer = (time.perf_counter() - start) * 1e3 / repeat
    elif "memory" in question:
        answer = memory(question["memory"])
    print(json.dumps(answer), flush=True)
