# Milliseconds of a step against the share of padding.
set xlabel "padding in the block, percent"
set ylabel "milliseconds"
set xrange [0:52]
set yrange [0:*]
set key top left reverse Left
plot "timing.tsv" using 1:2 every ::1 with linespoints title "one by one", \
     "timing.tsv" using 1:3 every ::1 with linespoints title "padded", \
     "timing.tsv" using 1:4 every ::1 with linespoints title "packed"
