# How strongly one output depends on the rows of its receptive field.
set xlabel "row, from the field's upper end (-1) to its lower (1)"
set ylabel "squared gradient, share of the largest"
set yrange [0:1.05]
set xrange [-1:1]
plot "receptive.tsv" using 2:3 index 0 every ::1 with linespoints title "2 layers", \
     "" using 2:3 index 1 with linespoints title "8 layers", \
     "" using 2:3 index 2 with linespoints title "32 layers"
