# The size of values and of gradients through 30 layers, for four kinds of initial values.
set terminal svg size 640,350 dynamic enhanced font "Helvetica,13" background "#ffffff"
names = "fan_uniform xavier_uniform kaiming_uniform 'twice its variance'"
variance = "0.333333 1 2 4"
factor(k) = sqrt(word(variance, k) / 2.0)
set logscale y
set format y "10^{%T}"
set ytics 1e4
unset mytics
set yrange [1e-20:1e8]
set xrange [0:30]
set xlabel "layer"
set key bottom right noenhanced samplen 2
set multiplot layout 1,2 margins 0.1,0.98,0.19,0.9 spacing 0.12,0
set title "values, forward" offset 0,-0.5
plot for [k = 1:4] "depth.tsv" index (k - 1) using 1:2 every ::(k == 1) with lines linetype k, \
     for [k = 1:4] factor(k) ** x with lines linecolor rgb "#000000" linewidth 1 dashtype 2
set title "gradients, backward" offset 0,-0.5
plot for [k = 1:4] "depth.tsv" index (k - 1) using 1:3 every ::(k == 1) with lines linetype k \
       title word(names, k), \
     for [k = 1:4] factor(k) ** (30 - x) with lines linecolor rgb "#000000" linewidth 1 dashtype 2
unset multiplot
