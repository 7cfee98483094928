# The loss of four taggers against the steps of training.
set xlabel "steps"
set ylabel "loss"
set yrange [0:0.8]
set key center right reverse Left
plot "neighbours.tsv" using 1:2 every ::1 with lines title "one direction, one layer", \
     "neighbours.tsv" using 1:3 every ::1 with lines title "one direction, two layers", \
     "neighbours.tsv" using 1:4 every ::1 with lines title "two directions, one layer", \
     "neighbours.tsv" using 1:5 every ::1 with lines title "two directions, two layers", \
     log(2) with lines linetype 6 linewidth 1 dashtype 2 title "log 2, a guess"
