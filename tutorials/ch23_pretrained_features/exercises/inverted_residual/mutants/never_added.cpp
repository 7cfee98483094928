// Where adds_input_ holds, the block's input is added to what the projection gives; yours never adds it.
Var InvertedResidual::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  const Var wide = expand_ ? (*expand_)(x) : Var(x); // (B, t C, H, W)
  const Var y = project_(depthwise_(wide));          // (B, C', H / stride, W / stride)
  return y;
}
