# Three functions that bend a network, and their slopes.
set multiplot layout 1,3 margins 0.06,0.98,0.12,0.88 spacing 0.06
set xrange [-4:4]; set yrange [-1.15:1.6]
set xtics -4,2,4; set ytics -1,1,1
set samples 401
s(x) = 1 / (1 + exp(-x))
set title "sigmoid"
set label 1 "y" at 3.9,0.84 right textcolor linetype 1
set label 2 "slope" at 3.9,0.18 right textcolor linetype 2
plot s(x) with lines linetype 1, s(x) * (1 - s(x)) with lines linetype 2
set title "tanh"
set label 1 "y" at 3.9,0.84 right
set label 2 "slope" at 3.9,0.18 right
plot tanh(x) with lines linetype 1, 1 - tanh(x)**2 with lines linetype 2
set title "relu"
set label 1 "y" at 1.15,1.4 right
set label 2 "slope" at 3.9,0.84 right
plot (x > 0 ? x : 0) with lines linetype 1, (x > 0 ? 1 : NaN) with lines linetype 2, (x < 0 ? 0 : NaN) with lines linetype 2
