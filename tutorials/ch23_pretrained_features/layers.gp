set xlabel "layer"
set ylabel "right, %"
set yrange [0:100]
set xrange [0:18]
plot "layers.tsv" using 1:3 every ::1 with linespoints title "colour", \
     "layers.tsv" using 1:4 every ::1 with linespoints title "number", \
     "layers.tsv" using 1:2 every ::1 with linespoints title "form"
