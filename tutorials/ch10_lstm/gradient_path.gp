# The gradient that arrives k steps before the last, for several nets.
set logscale y
set format y "10^{%T}"
set xlabel "steps before the last"
set ylabel "norm of the gradient"
set yrange [1e-30:1e3]
set key bottom left
plot "gradient_path.tsv" using 1:7 every ::1 with lines linetype 1 title "LSTM, forget bias 20", \
     "gradient_path.tsv" using 1:6 every ::1 with lines linetype 2 title "3", \
     "gradient_path.tsv" using 1:5 every ::1 with lines linetype 3 title "1", \
     "gradient_path.tsv" using 1:4 every ::1 with lines linetype 4 title "0", \
     "gradient_path.tsv" using 1:2 every ::1 with lines linetype 6 dashtype 2 title "Elman", \
     "gradient_path.tsv" using 1:3 every ::1 with lines linetype 5 title "LSTM, forget bias -2"
