# Symbols said rightly, by the length of the sequence that is reversed.
set xlabel "symbols"
set ylabel "percent right"
set xrange [0:62]
set yrange [0:102]
set key bottom left reverse Left
plot "lengths.tsv" using 1:2 every ::1 with linespoints title "attention", \
     "lengths.tsv" using 1:3 every ::1 with linespoints title "summary in every step (Cho)"
