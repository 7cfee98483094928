// The projection comes once, after the depthwise convolution, from the wide picture; yours adds the block's own output to itself.
Var InvertedResidual::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  const Var wide = expand_ ? (*expand_)(x) : Var(x); // (B, t C, H, W)
  const Var y = project_(depthwise_(wide));          // (B, C', H / stride, W / stride)
  return adds_input_ ? y + y : y;
}
