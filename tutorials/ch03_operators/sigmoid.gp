# The relative error of two forms of the sigmoid, in float.
set logscale y
set format y "10^{%T}"
set xlabel "x"
set ylabel "relative error"
set xrange [-25:0]
set yrange [1e-8:10]
set key top right
plot "sigmoid.tsv" using 1:3 every ::1 with linespoints linetype 2 title "(1 + tanh(x/2)) / 2", \
     "sigmoid.tsv" using 1:2 every ::1 with linespoints linetype 1 title "1 / (1 + exp(-x))"
