# The loss on the points that are trained on, and on points that are not.
set terminal svg size 640,300 dynamic enhanced font "Helvetica,13" background "#ffffff"
set xlabel "step"
set ylabel "loss"
set yrange [0:*]
set key center right
plot "overfit.tsv" using 1:2 every ::1 with lines linetype 1 title "training", \
     "overfit.tsv" using 1:3 every ::1 with lines linetype 2 title "validation"
