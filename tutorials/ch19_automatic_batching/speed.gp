# How many times as fast as one by one, against the number of examples.
set xlabel "examples together"
set ylabel "times one by one"
set logscale x 2
set xrange [0.9:140]
set yrange [0:*]
plot "speed.tsv" using 1:2 every ::1 with linespoints title "tagger", \
     "speed.tsv" using 1:3 every ::1 with linespoints title "tree LSTM", \
     1 with lines linetype 6 linewidth 1 dashtype 2 title "one by one"
