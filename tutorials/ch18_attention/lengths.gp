# Symbols said rightly, by the length of the sequence that is reversed.
set xlabel "symbols"
set ylabel "percent right"
set xrange [0:92]
set arrow from 60.5,0 to 60.5,102 nohead linetype 6 dashtype 2
set yrange [0:102]
set key bottom left reverse Left
plot "lengths.tsv" using 1:2 every ::1 with linespoints title "attention", \
     "lengths.tsv" using 1:3 every ::1 with linespoints title "no score: the mean of all places", \
     "lengths.tsv" using 1:4 every ::1 with linespoints title "summary in every step (Cho)"
