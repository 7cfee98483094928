# How much of a summary's gradient arrives at each word.
set logscale y
set format y "10^{%T}"
set xlabel "word"
set ylabel "size of the gradient"
set xrange [1:40]
plot "reach.tsv" every ::1 using 1:2 with linespoints linetype 1 title "last", \
     "reach.tsv" every ::1 using 1:3 with linespoints linetype 2 title "mean", \
     "reach.tsv" every ::1 using 1:4 with linespoints linetype 3 title "max"
