# The loss (w^20 - 1/2)^2, a step that leaves the valley, and clipped steps that stay in it.
set xrange [-0.15:1.15]
set yrange [0:5.2]
set xlabel "w"
set ylabel "loss"
set key top left reverse Left
set samples 1000
plot (x**20 - 0.5)**2 with lines linetype 6 linewidth 1.5, \
     "cliff.tsv" index 0 using 1:2:($1) with lines linetype 2 dashtype 2 linewidth 1.5, \
     "cliff.tsv" index 0 using 1:2 with points linetype 2 pointsize 0.7 title "one plain step", \
     "cliff.tsv" index 1 using 1:2 with linespoints linetype 1 linewidth 1.2 pointsize 0.5 title "clipped at 1"
