"""PyTorch's side of the benchmarks: reads a case and runs it when told. See bench.hpp."""
import ctypes
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

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


def forward_or_both(f, shape, case, parameters=()):
    """A step: f forward, and if case["back"] also back from a fixed gradient."""
    x = torch.randn(shape, requires_grad=case["back"])
    seed = torch.randn(f(x).shape)

    def forward():
        with torch.no_grad():
            f(x)

    def both():
        for p in parameters:
            p.grad = None
        x.grad = None
        f(x).backward(seed)
    return both if case["back"] else forward


def conv_step(case):
    layer = nn.Conv2d(case["in"], case["out"], case["kernel"], stride=case["stride"],
                      padding=case["kernel"] // 2, groups=case["groups"])
    f = (lambda x: functional.relu(layer(x))) if case["relu"] else layer
    shape = (case["B"], case["in"], case["side"], case["side"])
    return forward_or_both(f, shape, case, list(layer.parameters()))


def pool_step(case):
    f = {"max pool 2x2": lambda x: functional.max_pool2d(x, 2),
         "max pool 3x3 /2": lambda x: functional.max_pool2d(x, 3, 2, padding=1),
         "mean pool 2x2": lambda x: functional.avg_pool2d(x, 2),
         "global mean": lambda x: x.mean((2, 3))}[case["kind"]]
    return forward_or_both(f, case["shape"], case)


def batch_norm_step(case):
    layer = nn.BatchNorm2d(case["shape"][1])
    return forward_or_both(layer, case["shape"], case, list(layer.parameters()))


def training_of(model, shape, classes):
    """A whole step: loss, gradients, SGD."""
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    x, targets = torch.randn(shape), torch.randint(classes, (shape[0],))

    def step():
        optimiser.zero_grad(set_to_none=True)
        functional.cross_entropy(model(x), targets).backward()
        optimiser.step()
    return step


def cifar_cnn_step(case):
    def conv(before, after):
        return [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
    model = nn.Sequential(*conv(3, 32), *conv(32, 32), nn.MaxPool2d(2),
                          *conv(32, 64), *conv(64, 64), nn.MaxPool2d(2),
                          nn.Flatten(), nn.Linear(64 * 64, 256), nn.ReLU(), nn.Linear(256, 10))
    return training_of(model, (case["B"], 3, 32, 32), 10)


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


def mobilenet(folded):
    """MobileNetV2 (Sandler et al. 2018, table 2); folded: biases for batch normalisation."""
    def conv(before, after, kernel=1, stride=1, groups=1, cut=True):
        layers = [nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups,
                            bias=folded)]
        layers += [] if folded else [nn.BatchNorm2d(after)]
        return layers + ([nn.ReLU6(inplace=True)] if cut else [])

    layers, channels = conv(3, 32, 3, 2), 32
    for expand, out, count, first_stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2),
                                             (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                                             (6, 320, 1, 1)):
        for stride in [first_stride] + [1] * (count - 1):
            wide = channels * expand
            block = nn.Sequential(*(conv(channels, wide) if expand > 1 else []),
                                  *conv(wide, wide, 3, stride, wide),
                                  *conv(wide, out, cut=False))
            layers.append(Residual(block) if stride == 1 and channels == out else block)
            channels = out
    return nn.Sequential(*layers, *conv(channels, 1280), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(1280, 1000))


def mobilenet_step(case):
    model, shape = mobilenet(case["mode"] == "folded"), (case["B"], 3, 224, 224)
    if case["mode"] == "training":
        return training_of(model, shape, 1000)
    model.eval()
    x = torch.randn(shape)

    def step():
        with torch.no_grad():
            model(x)
    return step


class ShowAndTell(nn.Module):
    """The picture's vector, then word after word (Vinyals et al. 2015)."""

    def __init__(self, case):
        super().__init__()
        self.from_picture = nn.Linear(case["picture"], case["H"])
        self.embed = nn.Embedding(case["V"], case["H"])
        self.lstm = nn.LSTM(case["H"], case["H"])
        self.to_words = nn.Linear(case["H"], case["V"])
        self.dropout = nn.Dropout(case["dropout"])

    def forward(self, vectors, words, lengths):
        """words: (T, N) without <end>; lengths: of what the LSTM reads, the picture included."""
        inputs = torch.cat([self.from_picture(vectors)[None], self.embed(words)])
        packed = pack_padded_sequence(self.dropout(inputs), lengths)
        output, _ = self.lstm(packed)
        return self.to_words(self.dropout(output.data[vectors.shape[0]:]))


def captioner_step(case):
    lengths = torch.tensor(sorted(case["lengths"], reverse=True))
    count, longest = len(lengths), int(lengths[0])
    words = torch.randint(case["V"], (longest, count))
    targets = pack_padded_sequence(words[1:], lengths - 1).data
    vectors = torch.randn(count, case["picture"])
    model = ShowAndTell(case)
    parameters = list(model.parameters())
    optimiser = torch.optim.Adam(parameters)

    def step():
        optimiser.zero_grad(set_to_none=True)
        functional.cross_entropy(model(vectors, words[:-1], lengths), targets).backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
    return step


class Translator(nn.Module):
    """Encoder-decoder (Cho et al. 2014) or with attention (Bahdanau et al. 2015), as one writes it in
    PyTorch: a packed nn.GRU reads, an nn.GRUCell writes in a loop over the target's steps, and the
    readout is computed once, for the rows that count."""

    def __init__(self, case):
        super().__init__()
        width, size, words = case["E"], case["H"], case["V"]
        self.attends, seen = case["attention"], size * (2 if case["attention"] else 1)
        self.source, self.target = nn.Embedding(words, width), nn.Embedding(words, width)
        self.encoder = nn.GRU(width, size, bidirectional=self.attends)
        self.to_start = nn.Linear(size, size)
        if self.attends:
            self.to_keys, self.to_query = nn.Linear(seen, size), nn.Linear(size, size, bias=False)
            self.score = nn.Linear(size, 1, bias=False)
        else:
            self.to_summary = nn.Linear(size, size)
        self.decoder = nn.GRUCell(width + seen, size)
        self.to_pairs = nn.Linear(width + size + seen, 2 * case["L"])
        self.to_words = nn.Linear(case["L"], words)

    def encode(self, sources, lengths):
        """-> the first state (B, H), and what is looked at in each step: the summary (B, H), or
        values (B, S, A), keys (B, S, H), and where there is nothing (B, S)."""
        packed = pack_padded_sequence(self.source(sources), lengths, enforce_sorted=False)
        states, last = self.encoder(packed)
        if not self.attends:
            summary = torch.tanh(self.to_summary(last[0]))
            return torch.tanh(self.to_start(summary)), summary
        values = nn.utils.rnn.pad_packed_sequence(states, batch_first=True)[0]
        nothing = torch.arange(values.shape[1])[None] >= lengths[:, None]
        return torch.tanh(self.to_start(last[1])), (values, self.to_keys(values), nothing)

    def look(self, state, source):
        """state: (B, ..., H) -> context (B, ..., A)"""
        if not self.attends:
            return source
        values, keys, nothing = source
        beams = state if state.dim() == 3 else state[:, None]
        scores = self.score(torch.tanh(self.to_query(beams)[:, :, None] + keys[:, None]))[..., 0]
        weights = scores.masked_fill(nothing[:, None], -float("inf")).softmax(-1)
        return torch.bmm(weights, values).reshape(*state.shape[:-1], -1)

    def readout(self, shown):
        return self.to_words(self.to_pairs(shown).unflatten(-1, (-1, 2)).max(-1).values)

    def loss(self, sources, lengths, targets):
        """sources, targets: (T, B), 0 behind the end"""
        state, source = self.encode(sources, lengths)
        words, shown = self.target(targets[:-1]), []
        for word in words:
            context = self.look(state, source)
            after = self.decoder(torch.cat([word, context], -1), state)
            shown.append(torch.cat([word, state if self.attends else after, context], -1))
            state = after
        wanted = targets[1:]
        valid = wanted != 0
        return functional.cross_entropy(self.readout(torch.stack(shown)[valid]), wanted[valid])

    def translate(self, sources, lengths, beam, steps):
        """The best `beam` continuations of each sentence, in each of `steps` steps; none ends."""
        state, source = self.encode(sources, lengths)
        batch = len(lengths)
        state = state[:, None]  # (B, beams, H)
        words = torch.full((batch, 1), 1)
        sums, all_words = torch.zeros(batch, 1), torch.zeros(batch, 1, 0, dtype=torch.long)
        for _ in range(steps):
            word = self.target(words)
            context = self.look(state, source)
            if not self.attends:
                context = context[:, None].expand(-1, state.shape[1], -1)
            read = torch.cat([word, context], -1)
            after = self.decoder(read.flatten(0, 1), state.flatten(0, 1)).view_as(state)
            scores = self.readout(torch.cat([word, state if self.attends else after, context], -1))
            scores[..., :4] = -float("inf")  # special words
            scores = scores.log_softmax(-1) + sums[..., None]
            sums, best = scores.flatten(1).topk(beam)
            parents, words = best // scores.shape[-1], best % scores.shape[-1]
            state = after.gather(1, parents[..., None].expand(-1, -1, after.shape[-1]))
            all_words = all_words.gather(1, parents[..., None].expand(-1, -1, all_words.shape[-1]))
            all_words = torch.cat([all_words, words[..., None]], -1)
        return all_words


def side_by_side(sentences):
    """-> (T, B), 0 behind the end; and the lengths"""
    lengths = torch.tensor([len(s) for s in sentences])
    return nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sentences]), lengths


def translator_step(case):
    """A whole step: loss, gradients, clipping, Adam."""
    sources, lengths = side_by_side(case["sources"])
    targets, _ = side_by_side([[1, *s, 2] for s in case["targets"]])
    model = Translator(case)
    parameters = list(model.parameters())
    optimiser = torch.optim.Adam(parameters)

    def step():
        optimiser.zero_grad(set_to_none=True)
        model.loss(sources, lengths, targets).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
    return step


def translate_step(case):
    """All sentences at once, or one after another."""
    batches = [case["sources"]] if case["together"] else [[s] for s in case["sources"]]
    batches = [side_by_side(sentences) for sentences in batches]
    model = Translator(case)

    def step():
        with torch.no_grad():
            for sources, lengths in batches:
                model.translate(sources, lengths, 5, 25)
    return step


def files_step(case):
    """JPEG files: read, cut to the middle square, resized, and made tensors of; on as many threads
    as PyTorch has been given."""
    try:
        import numpy
        from PIL import Image
    except ImportError:
        return None
    side = case["side"]

    def load(path):
        with Image.open(path) as picture:
            width, height = picture.size
            s = min(width, height)
            left, top = (width - s) // 2, (height - s) // 2
            square = picture.convert("RGB").resize((side, side), Image.BILINEAR,
                                                   (left, top, left + s, top + s))
        pixels = torch.from_numpy(numpy.asarray(square, dtype=numpy.float32))
        return (pixels / 255).permute(2, 0, 1).contiguous()

    def step():
        with ThreadPoolExecutor(torch.get_num_threads()) as pool:
            for _ in pool.map(load, case["paths"]):
                pass
    return step


makers = {"layer": layer_step, "training": training_step, "mlp": mlp_step, "chain": chain_step,
          "conv": conv_step, "pool": pool_step, "batch_norm": batch_norm_step,
          "cifar_cnn": cifar_cnn_step, "mobilenet": mobilenet_step, "captioner": captioner_step,
          "files": files_step, "translator": translator_step, "translate": translate_step}


def status(key):
    """A line of /proc/self/status, in bytes: VmRSS, the resident memory, or VmHWM, its peak."""
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0


def memory(case):
    """As memory_of() in memory.cpp: a small case first, so that no code is loaded in the steps."""
    make = makers[case["make"]]
    make({**case, **case["small"]})()
    step = make(case)
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
        answer = step is not None
        for threads in modes.values():
            set_threads(*threads)
            if answer:
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
