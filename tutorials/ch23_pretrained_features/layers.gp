set xlabel "layer"
set ylabel "right, %"
set yrange [0:100]
set xrange [0:18]
plot "layers.dat" using 1:3 with linespoints title "colour", \
     "" using 1:4 with linespoints title "number", \
     "" using 1:2 with linespoints title "form"
