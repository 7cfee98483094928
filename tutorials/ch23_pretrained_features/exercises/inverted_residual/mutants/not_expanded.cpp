// Where there is an expansion, the depthwise convolution sees the wide picture, t C channels; yours gives it x.
Var InvertedResidual::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  const Var wide = Var(x); // (B, t C, H, W)
  const Var y = project_(depthwise_(wide));          // (B, C', H / stride, W / stride)
  return adds_input_ ? x + y : y;
}
