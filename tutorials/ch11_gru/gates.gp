# What one trained GRU unit does over forty steps: input, gates, state.
set terminal svg size 640,520 dynamic enhanced font "Helvetica,13" background "#ffffff"
set multiplot layout 3,1 margins 0.1,0.84,0.1,0.97 spacing 0.06
set xrange [-0.5:39.5]
set key outside right center
set format x ""
set yrange [-1.3:1.3]
set ytics 1
plot "gates.tsv" using 1:($3 > 0 ? $2 : NaN) every ::1 with impulses linetype 1 linewidth 4 title "store", \
     "gates.tsv" using 1:2 every ::1 with points linetype 6 title "value"
set yrange [-0.1:1.1]
plot "gates.tsv" using 1:5 every ::1 with linespoints linetype 3 title "z", \
     "gates.tsv" using 1:4 every ::1 with linespoints linetype 2 title "r"
set format x "%g"
set xlabel "step"
set yrange [-1.3:1.3]
plot "gates.tsv" using 1:6 every ::1 with points linetype 6 title "n", \
     "gates.tsv" using 1:7 every ::1 with linespoints linetype 4 title "h"
unset multiplot
