# The curve of tanh at 1, its tangent, and the two chords whose slopes stand in for the tangent's.
set xrange [-0.5:2.7]
set yrange [-0.55:1.45]
set xtics ("x - h" 0, "x" 1, "x + h" 2)
set ytics ("f(x - h)" tanh(0.0), "f(x)" tanh(1.0), "f(x + h)" tanh(2.0))
set samples 200
f = tanh(1.0)
slope = 1 - f**2
one = tanh(2.0) - f
two = tanh(2.0) / 2
set label "tangent" at 2.45,f + 1.45 * slope + 0.07 right textcolor linetype 1
set label "one-sided" at -0.45,f - 1.45 * one + 0.12 left textcolor linetype 2
set label "central" at 1.3,1.3 * two - 0.12 left textcolor linetype 3
set label "f" at 2.62,tanh(2.62) - 0.07 center
set object circle at 0,0 size 0.025 fillcolor rgb "#000000" fillstyle solid
set object circle at 1,f size 0.025 fillcolor rgb "#000000" fillstyle solid
set object circle at 2,tanh(2.0) size 0.025 fillcolor rgb "#000000" fillstyle solid
plot tanh(x) with lines linecolor rgb "#000000" linewidth 1.5, \
     f + slope * (x - 1) with lines linetype 1, \
     f + one * (x - 1) with lines linetype 2, \
     two * x with lines linetype 3
