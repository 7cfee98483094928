# The states of the trained network in their plane, in the order in which they come.
set xlabel "first unit"
set ylabel "second unit"
set xrange [-1.3:1.5]
set yrange [-1.35:1.35]
plot "states.tsv" using 1:2 every ::1 with linespoints linetype 6 linewidth 1 pointsize 0.1, \
     "" using 1:2 every ::1 with points linetype 1 pointsize 1, \
     "" using 1:2:3 every ::1 with labels left offset 1,0.6 notitle
