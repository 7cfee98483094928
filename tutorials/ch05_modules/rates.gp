# The training loss under three optimisers, each at its own rate: median and range of seven seeds.
set logscale y
set format y "10^{%T}"
set xlabel "step"
set ylabel "training loss"
set yrange [0.008:2]
set key bottom left reverse Left
set style fill transparent solid 0.2 noborder
names = '"SGD" "momentum 0.9" "Adam"'
colour = "#000003 #000002 #000001"
plot for [k = 1:3] "rates.tsv" index (k - 1) using 1:3:4 with filledcurves \
       linecolor rgb word(colour, k), \
     for [k = 1:3] "rates.tsv" index (k - 1) using 1:2 with lines linewidth 2 \
       linecolor rgb word(colour, k) title word(names, k)
