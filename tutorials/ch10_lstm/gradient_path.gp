# The gradient that arrives k steps before the last, for several nets.
set logscale y
set format y "10^{%T}"
set xlabel "steps before the last"
set ylabel "norm of the gradient"
set yrange [1e-30:1e3]
set key outside right center
plot "gradient_path.tsv" using 1:7 every ::1 with lines linetype 1 title "bias 20", \
     "gradient_path.tsv" using 1:6 every ::1 with lines linetype 2 title "bias 3", \
     "gradient_path.tsv" using 1:5 every ::1 with lines linetype 3 title "bias 1", \
     "gradient_path.tsv" using 1:4 every ::1 with lines linetype 4 title "bias 0", \
     "gradient_path.tsv" using 1:2 every ::1 with lines linetype 6 dashtype 2 title "Elman", \
     "gradient_path.tsv" using 1:3 every ::1 with lines linetype 5 title "bias -2"
