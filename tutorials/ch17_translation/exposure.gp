# The probability of the right symbol at each place, after right ones and after a wrong one.
set xlabel "place"
set ylabel "probability of the right symbol"
set xrange [0.5:12.5]
set yrange [0:1.02]
set key bottom left reverse Left
plot "exposure.tsv" using 1:2 every ::1 with linespoints title "after right symbols", \
     "exposure.tsv" using 1:3 every ::1 with linespoints title "after a wrong one at place 5"
