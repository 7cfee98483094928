# What one trained unit does over forty steps: commands, gates, cell and answer.
set terminal svg size 640,520 dynamic enhanced font "Helvetica,13" background "#ffffff"
set multiplot layout 3,1 margins 0.1,0.84,0.1,0.97 spacing 0.06
set xrange [-0.5:39.5]
set key outside right center
set format x ""
set yrange [-1.3:1.3]
set ytics 1
plot "gates.tsv" using 1:($3 > 0 ? $2 : NaN) every ::1 with impulses linetype 1 linewidth 4 title "store", \
     "gates.tsv" using 1:($4 > 0 ? 1 : NaN) every ::1 with impulses linetype 2 linewidth 4 title "show", \
     "gates.tsv" using 1:2 every ::1 with points linetype 6 title "value"
set yrange [-0.1:1.1]
plot "gates.tsv" using 1:6 every ::1 with linespoints linetype 1 title "i", \
     "gates.tsv" using 1:7 every ::1 with linespoints linetype 3 title "f", \
     "gates.tsv" using 1:9 every ::1 with linespoints linetype 2 title "o"
set format x "%g"
set xlabel "step"
set yrange [-1.3:1.3]
plot "gates.tsv" using 1:8 every ::1 with points linetype 6 title "g", \
     "gates.tsv" using 1:10 every ::1 with linespoints linetype 4 title "c", \
     "gates.tsv" using 1:5 every ::1 with linespoints linetype 5 title "answer"
unset multiplot
