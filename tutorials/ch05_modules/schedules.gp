# Three schedules.
set terminal svg size 640,260 dynamic enhanced font "Helvetica,13" background "#ffffff"
set xlabel "step"
set ylabel "factor"
set yrange [0:1.05]
set xrange [0:1100]
set key top right
plot "schedules.tsv" using 1:2 every ::1 with steps linetype 2 title "times 0.3 every 250 steps", \
     "schedules.tsv" using 1:3 every ::1 with lines linetype 1 title "cosine", \
     "schedules.tsv" using 1:4 every ::1 with lines linetype 3 title "warm-up, cosine to 0.1"
