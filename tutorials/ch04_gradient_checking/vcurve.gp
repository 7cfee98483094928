# The error of a difference quotient against its step, with what the formulas say.
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set xlabel "step h"
set ylabel "largest error of the slope"
set xrange [8e-13:1]
set yrange [1e-12:10]
set key maxrows 3 reverse Left samplen 3
set datafile missing "nan"
f = tanh(1.0)
slope = 1 - f**2
bend = 2 * slope * (3 * f**2 - 1)
plot "vcurve.tsv" using 1:3 every ::1 with linespoints title "central, double", \
     "vcurve.tsv" using 1:2 every ::1 with linespoints title "one-sided, double", \
     "vcurve.tsv" using 1:4 every ::1 with linespoints title "central, float", \
     x**2 * bend / 6 with lines linetype 6 linewidth 1 dashtype 2 title "h^2 f''' / 6", \
     2.0**-53 * f / x with lines linetype 5 linewidth 1 dashtype 2 title "ε f / h, double", \
     2.0**-24 * f / x with lines linetype 4 linewidth 1 dashtype 2 title "ε f / h, float"
