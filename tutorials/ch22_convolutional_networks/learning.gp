# Right of the pictures kept for choosing, after each pass.
set xlabel "pass"
set ylabel "wrong of kept, %"
set logscale y
set yrange [0.3:60]
set xrange [1:12]
plot "cifar.tsv" using 1:(100 - $3) every ::1 with linespoints title "photographs", \
     "digits.tsv" using 1:(100 - $3) every ::1 with linespoints title "digits"
