# What each device does: the share of captions that are wholly right, by the pictures of dev.
set xlabel "whole, %"
set xrange [-2:102]
set yrange [7.5:0.5]
set ytics ("all devices" 1, "no sums" 2, "no thirds" 3, "every step" 4, "through LSTM" 5, "one, outlines" 6, "one, colours" 7)
plot "ablation.tsv" using 3:($1-0.13):4:5 every ::1 with xerrorbars pointsize 0.8 title "known combinations", \
     "ablation.tsv" using 6:($1+0.13):7:8 every ::1 with xerrorbars pointsize 0.8 title "held out"
