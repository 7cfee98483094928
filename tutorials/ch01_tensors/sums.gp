# The relative error of a sum against the number of its terms.
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set xlabel "terms"
set ylabel "relative error"
set yrange [1e-8:1e-3]
set key top left reverse Left
unit = 2.0**-24
plot "sums.tsv" using 1:2 every ::1 with linespoints title "one running sum", \
     "sums.tsv" using 1:3 every ::1 with linespoints title "16 running sums", \
     "sums.tsv" using 1:4 every ::1 with linespoints title "pairwise", \
     sqrt(x) * unit with lines linetype 6 linewidth 1 dashtype 2 title "√n ε"
