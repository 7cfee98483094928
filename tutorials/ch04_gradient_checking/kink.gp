# Chords of relu: over its kink at 0, and beside it with a long and with a short step.
relu(x) = x > 0 ? x : 0
set xrange [-1.3:2.3]
set yrange [-0.2:2.2]
set xtics ("-h" -1, "0" 0, "h" 1)
set ytics 0,1,2
set samples 361
set label "around 0" at -1.2,0.33 left textcolor linetype 2
set label "long step" at 0.05,0.86 right textcolor linetype 3
set label "short step" at 1.02,0.78 left textcolor linetype 1
chord(x, a, b) = x < a || x > b ? NaN : relu(a) + (relu(b) - relu(a)) * (x - a) / (b - a)
plot relu(x) with lines linecolor rgb "#000000" linewidth 1.2, \
     chord(x, -1, 1) with lines linetype 2, \
     chord(x, -0.7, 2.1) with lines linetype 3, \
     chord(x, 0.5, 0.95) with lines linetype 1 linewidth 5
