# The states of the trained network in their plane; an arrow leads from each to the next.
set xlabel "first unit"
set ylabel "second unit"
set xrange [-1.3:1.5]
set yrange [-1.35:1.35]
x = y = NaN # of the point before
plot "states.tsv" using (dx = $1 - x, x = $1, x - dx):(dy = $2 - y, y = $2, y - dy):(dx):(dy) \
       every ::1 with vectors filled linetype 6 linewidth 1, \
     "" using 1:2 every ::1 with points linetype 1 pointsize 1, \
     "" using 1:2:3 every ::1 with labels left offset 1,0.6 notitle
