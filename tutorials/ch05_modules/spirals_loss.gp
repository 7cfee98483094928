# The loss of the same network under three optimisers.
set logscale y
set format y "10^{%T}"
set xlabel "step"
set ylabel "loss"
set key bottom left reverse Left
plot "spirals_loss.tsv" using 1:4 every ::1 with lines title "SGD, lr 0.3", \
     "spirals_loss.tsv" using 1:3 every ::1 with lines title "momentum 0.9, lr 0.3", \
     "spirals_loss.tsv" using 1:2 every ::1 with lines title "Adam, lr 0.01"
